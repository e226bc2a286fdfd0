import { topicFault } from "../../adapters/sns.ts";
import type { Config } from "../../config/load.ts";
import { type Connection, qualifiedName } from "../../rotation/connection.ts";
import { sameSecret } from "../../rotation/secret-id.ts";
import type { Check, Finding } from "./check.ts";

/** Remarks on connections.json alone: settings that are valid but have no effect or an unlikely one. */
export const fileCheck: Check = {
  name: "file",
  run: ({ config }) => Promise.resolve(fileRemarks(config)),
};

/** Everything that can be checked without a network. */
export function offlineFindings(config: Config, topic: string | undefined): Finding[] {
  const fault = topic === undefined ? undefined : topicFault(topic);
  const subject = "alert topic";
  return [
    ...fileRemarks(config),
    ...(fault === undefined ? [] : [{ subject, state: "failed" as const, message: `The topic ${fault}.` }]),
  ];
}

function fileRemarks(config: Config): Finding[] {
  const bySecret = [...Map.groupBy(config.connections, ({ secret }) => secret).values()];
  return [
    ...labelRemarks(config),
    ...bySecret.flatMap((connections) => canaryRemarks(connections, config)),
    ...config.connections.flatMap((connection) => secretRemarks(connection, config)),
  ];
}

function labelRemarks({ refresh, propagationLabel }: Config): Finding[] {
  return refresh === "when-stale" && propagationLabel === undefined
    ? [
        remark(
          "refresh",
          '"when-stale" has no effect without propagationLabel.',
          "Set propagationLabel, or remove refresh.",
        ),
      ]
    : [];
}

function canaryRemarks(connections: readonly Connection[], { rollout }: Config): Finding[] {
  const [first, ...others] = connections.filter(({ canary }) => canary);
  if (first === undefined) return [];
  if (!rollout.canary)
    return [
      remark(
        qualifiedName(first),
        "canary has no effect, because rollout.canary is false.",
        "Remove one of the two settings.",
      ),
    ];
  return others.map((other) =>
    remark(
      qualifiedName(other),
      `canary has no effect, because ${qualifiedName(first)} is already the canary of secret ${first.secret}.`,
      "Choose one canary for each secret.",
    ),
  );
}

function secretRemarks(connection: Connection, { environments }: Config): Finding[] {
  const { secret } = connection;
  const environment = [...environments.values()].find(({ apiKeySecret }) => sameSecret(apiKeySecret, secret));
  return environment === undefined
    ? []
    : [
        remark(
          qualifiedName(connection),
          `secret ${secret} is also the apiKeySecret of ${environment.name}, so the connection would get the rotator's Confluent API key.`,
          "Use the secret with the credentials of the connection's own service.",
        ),
      ];
}

function remark(subject: string, message: string, nextStep: string): Finding {
  return { subject, state: "remark", message, nextStep };
}
