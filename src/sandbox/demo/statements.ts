import type { ConfluentSandbox } from "../confluent/server.ts";
import { ENVIRONMENTS } from "./connections.ts";
import type { Assertion, DemoContext, ScenarioRun } from "./scenarios.ts";

/** A running statement that the rotator restarts, and one that it only names. */
const RESTARTED = "ticket-answers";
const NAMED = "ticket-archive";
const CONNECTION = "tickets-rest";
const LOOKUP = `LATERAL TABLE(KEY_SEARCH_AGG(\`${CONNECTION}\`, DESCRIPTOR(id), id))`;

/** The keys of connections.json about statements. */
export const VERIFICATION = {
  statements: { smoke: { sql: `SELECT r.* FROM (SELECT 'ping' AS id) t, ${LOOKUP} r` } },
};
export const STAGING_STATEMENTS = { report: true, restart: [RESTARTED] };

/** The statements of the environment staging, which start with the first key of their connection. */
export function addStatements(confluent: ConfluentSandbox): void {
  confluent.configureStatements({ pendingMs: 200, runMs: 200, stopMs: 200 }, ENVIRONMENTS.staging);
  for (const name of [RESTARTED, NAMED])
    confluent.addStatement(
      { name, sql: `INSERT INTO \`${name}\` SELECT * FROM tickets, ${LOOKUP}` },
      ENVIRONMENTS.staging,
    );
}

export function statementAssertions(
  { confluent }: DemoContext,
  { result }: ScenarioRun,
): readonly Assertion[] {
  const { phases, uses } = confluent.statement(RESTARTED, ENVIRONMENTS.staging);
  const key = JSON.stringify(confluent.connection(CONNECTION, ENVIRONMENTS.staging).data);
  const isRestarted = phases.includes("STOPPED") && phases.at(-1) === "RUNNING";
  const left = confluent.statementNames(ENVIRONMENTS.staging).length;
  const named = "report" in result && JSON.stringify(result.report["statements"]).includes(NAMED);
  return [
    [
      "There was no phase; a statement used the connection and proved the key: ready",
      "report" in result && result.report.counts["ready"] === 1,
    ],
    [
      `The statement ${RESTARTED} was stopped and resumed and runs with the new key`,
      isRestarted && JSON.stringify(uses[0]?.data) === key,
    ],
    [`The report names ${NAMED}, which still runs with the previous key`, named],
    ["The rotator left no statement behind", left === 2],
  ];
}
