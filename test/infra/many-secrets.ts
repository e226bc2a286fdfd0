import { functionRole, policiesOf, simulate } from "./role.ts";
import { ACCOUNT, CONNECTIONS, REGION, type Synthesis, synthesize } from "./synthesis.ts";

export const ENVIRONMENT = { account: ACCOUNT, region: REGION };
const LABEL = { "secretsmanager:VersionStage": "FLINK_READY" };

/** Names of 40 characters, longer than most. */
export const nameOf = (index: number) =>
  `prod/applications/models/openai/team-${String(index).padStart(4, "0")}`;

/** A label and `when-stale` need the most permissions, CloudTrail's events the most rules. */
export function stackOf(secrets: number, context: object = {}, env: object = ENVIRONMENT): Synthesis {
  const connections = Array.from({ length: secrets }, (_, index) => ({
    name: `connection-${index}`,
    type: "OPENAI",
    secret: nameOf(index),
  }));
  const config = { ...CONNECTIONS, connections, refresh: "when-stale" };
  return synthesize(config, { cloudTrailEvents: "true", ...context }, env);
}

export const policies = (synthesis: Synthesis) => policiesOf(synthesis, functionRole(synthesis));
export const sizeOf = (value: unknown) => JSON.stringify(value).length;

export const decisions = (synthesis: Synthesis, secret: string) =>
  Promise.all([
    simulate(policies(synthesis), { action: "secretsmanager:GetSecretValue", resource: secret }),
    simulate(policies(synthesis), { action: "secretsmanager:DescribeSecret", resource: secret }),
    simulate(policies(synthesis), {
      action: "secretsmanager:UpdateSecretVersionStage",
      resource: secret,
      context: LABEL,
    }),
  ]);
