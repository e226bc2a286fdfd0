import type { Connection } from "../../rotation/connection.ts";
import type { RunContext } from "../../rotation/dependencies.ts";
import type { EnvironmentSession } from "../../rotation/environment.ts";
import { toRotationError } from "../../rotation/outcome.ts";
import type { KeyAnswer, KeyQuestion } from "../../rotation/provider-check.ts";
import type { Secret } from "../../rotation/secret.ts";
import type { StatementState } from "../../rotation/statements/api.ts";
import type { Text } from "../../rotation/untrusted-text.ts";

/** Enough to see whether the service shows connections. */
const MAX_PAGES = 10;

/** The result of listing the environment's statements. */
export type StatementsFound =
  | {
      readonly listed: true;
      readonly count: number;
      /** Statements that name connections in `connection_refs`. */
      readonly withConnections: number;
      /** Statements that name this connection. */
      readonly withThisConnection: number;
    }
  | { readonly listed: false; readonly httpStatus?: number; readonly message: Text };

/** The read-only requests before the first PUT. */
export interface Inquiries {
  readonly statements: StatementsFound;
  readonly provider: KeyAnswer;
}

/** Lists the statements, and asks the provider whether it accepts the key. Never rejects. */
export async function inquire(
  context: RunContext,
  session: EnvironmentSession,
  { connection, data }: { connection: Connection; data: Secret },
): Promise<Inquiries> {
  const endpoint = session.initialState(connection)?.endpoint ?? "";
  const [statements, provider] = await Promise.all([
    findStatements(context, session, connection),
    askProvider(context, { connection, endpoint, data }),
  ]);
  return { statements, provider };
}

async function askProvider({ clock, providers }: RunContext, question: KeyQuestion): Promise<KeyAnswer> {
  if (providers === undefined || !question.connection.provider) return { verdict: "not-asked" };
  const answer = await providers.ask(question);
  if (answer.verdict !== "refused" || answer.confirmAfterMs === undefined) return answer;
  await clock.sleep(answer.confirmAfterMs);
  return providers.ask(question);
}

async function findStatements(
  context: RunContext,
  { api }: EnvironmentSession,
  { name }: Connection,
): Promise<StatementsFound> {
  const found: StatementState[] = [];
  try {
    let token: string | undefined;
    for (let page = 0; page < MAX_PAGES && (page === 0 || token !== undefined); page += 1) {
      const { statements, nextToken } = await api.statements.list(token);
      found.push(...statements);
      token = nextToken;
    }
  } catch (error) {
    const { text, response } = toRotationError(context, error);
    const { httpStatus } = response;
    return { listed: false, message: text, ...(httpStatus !== undefined && { httpStatus }) };
  }
  return {
    listed: true,
    count: found.length,
    withConnections: found.filter(({ connections = [] }) => connections.length > 0).length,
    withThisConnection: found.filter(({ connections = [] }) => connections.includes(name)).length,
  };
}
