import { readPages } from "../pages.ts";
import type { StatementState, StatementsApi } from "./api.ts";

/** Every statement of an environment that the API key may see. @throws RotationError */
export async function listStatements(api: Pick<StatementsApi, "list">): Promise<readonly StatementState[]> {
  const statements = await readPages(async (token) => {
    const { statements: items, ...next } = await api.list(token);
    return { items, ...next };
  });
  return [...statements.values()];
}
