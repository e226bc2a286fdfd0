import type { Report } from "../../src/rotation/report/report.ts";
import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { GOOD_KEY } from "./verdicts.ts";
import { startWorld, type World } from "./world.ts";

export const HOUR_MS = 3_600_000;
export const RESTART = "orders-enrichment";
export const RESUME_LINE = `confluent flink statement resume --environment env-1 ${RESTART}`;

interface Options {
  readonly policy?: { readonly report?: boolean; readonly restart?: readonly string[] };
  readonly statements?: Partial<StatementSettings>;
  /** The SQL of the statement listed for restart. */
  readonly sql?: string;
}

/** A resumable statement that uses a connection. */
export const insert = (connection: string): string =>
  `INSERT INTO enriched SELECT * FROM orders, LATERAL TABLE(ML_PREDICT('${connection}', o))`;

/** Two secrets with one connection each and fifty statements, two of which use the first connection. Its secret gets a new key. */
export async function startStatements({
  policy = { report: true },
  statements,
  sql = insert("openai"),
}: Options = {}) {
  const world = await startWorld({
    connections: [
      { name: "openai", secret: "openai" },
      { name: "search", secret: "search" },
    ],
    confluent: { timeToReadyMs: 200 },
    environmentSettings: { statements: policy },
  });
  world.confluent.configureStatements({ pendingMs: 2_000, stopMs: 5_000, ...statements });
  for (const secret of ["openai", "search"])
    world.aws.putSecret(secret, `first-key-of-${secret}`, { createdAt: world.clock.now() - HOUR_MS });
  for (let index = 0; index < 48; index += 1)
    world.confluent.addStatement({ name: `other-${index}`, sql: insert("search") });
  world.confluent.addStatement({ name: RESTART, sql });
  world.confluent.addStatement({ name: "audit", sql: insert("openai") });
  await world.clock.sleep(HOUR_MS);
  world.aws.putSecret("openai", GOOD_KEY);
  return world;
}

/** The run started by the event about the new key. */
export function rotate(world: World, remainingMs?: number): Promise<Report> {
  const event = world.events.findLast(({ detail }) => detail.labelUpdated === "AWSCURRENT");
  return world.invoke(event, remainingMs);
}

export function alerts({ aws }: World): string {
  return JSON.stringify(aws.published()).replaceAll("\\\\n", " ");
}
