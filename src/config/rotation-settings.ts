import type { RotationSettings } from "../rotation/dependencies.ts";
import { resumeCommandFor } from "../rotation/statements/policy.ts";
import type { Config } from "./load.ts";

/** The settings of connections.json as the core takes them. */
export function settingsOf(config: Config): RotationSettings {
  const { rollout, timing, refresh, propagationLabel, environments, verification } = config;
  const { readyTimeoutSeconds, confirmSeconds } = timing;
  return {
    canary: rollout.canary,
    onRejected: rollout.onRejected,
    readyTimeoutMs: readyTimeoutSeconds * 1_000,
    graceMs: timing.graceSeconds * 1_000,
    confirmMs: Math.min(confirmSeconds, readyTimeoutSeconds / 3) * 1_000,
    require: verification.require,
    refresh,
    ...(propagationLabel !== undefined && { propagationLabel }),
    statements: new Map(
      [...environments.values()].map(({ name, environmentId, restEndpoint, statements }) => {
        const resumeCommand = resumeCommandFor(environmentId, restEndpoint);
        return [name, { report: false, restart: [], ...statements, resumeCommand }];
      }),
    ),
    apiKeySecrets: new Map([...environments].map(([name, { apiKeySecret }]) => [name, apiKeySecret])),
  };
}
