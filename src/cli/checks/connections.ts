import { qualifiedName } from "../../rotation/connection.ts";
import { RotationError } from "../../rotation/errors.ts";
import type { Outcome } from "../../rotation/outcome.ts";
import { run } from "../../run.ts";
import { WaitingNotice } from "../../terminal/waiting-notice.ts";
import { createLog } from "../log.ts";
import { factsOf } from "../problem.ts";
import { SHORT_WAITS } from "../read-only.ts";
import { runOptions } from "../run-options.ts";
import { triggerFor } from "../selection.ts";
import type { Check, CheckInput, Finding } from "./check.ts";
import { providerFindings } from "./providers.ts";

const TIMEOUT_MS = 300_000;

/** A dry run over the environments that can be listed. It reads secrets and connections and builds every payload. */
export const connectionsCheck: Check = {
  name: "connections",
  run: async ({ config, context, listed }) => {
    const reachable = await reachableEnvironments({ config, listed });
    const selected = config.connections.filter(({ environment }) => reachable.has(environment));
    if (selected.length === 0) return [];
    const options = {
      ...runOptions(createLog(context), TIMEOUT_MS, context.redactor),
      confluent: SHORT_WAITS,
    };
    const { report } = await new WaitingNotice(context.err).during("secrets and connections", () =>
      run(config, triggerFor(selected, config, { dryRun: true }), options),
    );
    return [...report.connections.map(toFinding), ...providerFindings(report.connections)];
  },
};

async function reachableEnvironments({
  config,
  listed,
}: Pick<CheckInput, "config" | "listed">): Promise<ReadonlySet<string>> {
  const names = [...config.environments.keys()];
  const found = await Promise.all(names.map(listed));
  return new Set(names.filter((_, index) => !(found[index] instanceof RotationError)));
}

function toFinding(outcome: Outcome): Finding {
  const { name, environment, secret } = outcome;
  const isPlanned = outcome.outcome === "planned";
  return {
    subject: qualifiedName(outcome),
    state: isPlanned ? "passed" : "failed",
    name,
    environment,
    secret,
    message: outcome.message ?? outcome.outcome,
    ...(!isPlanned && factsOf(outcome)),
  };
}
