import type { DurableContext } from "@aws/durable-execution-sdk-js";
import type { Telemetry } from "../adapters/telemetry.ts";
import type { Config } from "../config/load.ts";
import type { Clock } from "../rotation/clock.ts";
import { ConfigError } from "../rotation/errors.ts";
import type { TurnOptions } from "./turn.ts";

export interface FleetDependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly batchSize?: number;
  readonly timeoutSeconds?: number;
  readonly listRunning: TurnOptions["listRunning"];
}

/** The context of an execution of the orchestrator. */
export interface FleetContext extends FleetDependencies {
  /** @throws ConfigError */
  readonly config: () => Config;
  readonly context: DurableContext;
  readonly telemetry: Telemetry;
}

/** @throws ConfigError if the environment variable is not set. */
export function required(env: FleetDependencies["env"], name: string): string {
  const value = env[name];
  if (!value) throw new ConfigError("The environment of the function", [`${name} is not set`], "variable");
  return value;
}
