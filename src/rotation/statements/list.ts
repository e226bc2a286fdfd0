import type { StatementState, StatementsApi } from "./api.ts";

/** Every statement of an environment that the API key may see. @throws RotationError */
export async function listStatements(api: Pick<StatementsApi, "list">): Promise<readonly StatementState[]> {
  const statements = new Map<string, StatementState>();
  const seen = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page = await api.list(token);
    for (const statement of page.statements) statements.set(statement.name, statement);
    token = page.nextToken;
    if (token === undefined || seen.has(token)) return [...statements.values()];
    seen.add(token);
  }
}
