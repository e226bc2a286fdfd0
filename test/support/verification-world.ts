import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { connectionsOf, GOOD_KEY, startVerdicts } from "./verdicts.ts";
import type { World } from "./world.ts";

export const SQL = "SELECT r.* FROM (SELECT 'ping' AS q) t, LATERAL TABLE(ML_PREDICT('openai-3', q)) r";
export const SILENT = { world: "silent" } as const;
export const CREDULOUS = { world: "credulous" } as const;

interface Options {
  readonly settings?: typeof SILENT | typeof CREDULOUS;
  readonly key?: string;
  readonly keyAgeMs?: number;
  readonly onRejected?: "keep" | "rollback";
  readonly statements?: Partial<StatementSettings>;
}

/** Four connections of one secret, the third of which names a statement. The new key follows a valid one. */
export async function startVerification(options: Options = {}): Promise<World> {
  const { settings = SILENT, key = GOOD_KEY, keyAgeMs = 3_600_000, onRejected = "keep" } = options;
  const connections = connectionsOf("openai", 4).map((each) =>
    each.name === "openai-3" ? { ...each, verify: "smoke" } : each,
  );
  const statements = { smoke: { sql: SQL, timeoutSeconds: 60 } };
  const config = { rollout: { onRejected }, verification: { provider: false, statements } };
  const world = await startVerdicts({ settings, key: GOOD_KEY, connections, config });
  const accepts = [GOOD_KEY, "old-key", { value: "young-key", validFrom: world.clock.now() + 40_000 }];
  for (const { name } of connections) world.confluent.configure(name, { accepts });
  world.aws.putSecret("openai", key, { createdAt: world.clock.now() - keyAgeMs });
  world.confluent.configureStatements({ pendingMs: 2_000, runMs: 1_000, ...options.statements });
  return world;
}

/** The number of submitted statements and the remaining ones. */
export function statementsOf({ confluent }: World): {
  readonly submitted: number;
  readonly left: readonly string[];
} {
  const submitted = confluent.requests.filter(({ method }) => method === "POST").length;
  return { submitted, left: confluent.statementNames() };
}
