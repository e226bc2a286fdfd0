import { phaseKind } from "../rotation/connection.ts";
import type { RotationSettings } from "../rotation/dependencies.ts";

const MEANING: Readonly<Record<RotationSettings["require"], string>> = {
  auto: "an accepted key counts as applied, and no phase shows whether it works",
  applied: "an accepted key counts as applied, and no phase shows whether it works",
  ready: 'every update ends as unverified, with an alert, since verification.require is "ready"',
};

/** Explains the effect on updates if Confluent reports no phase; `undefined` if it reports one for each connection. */
export function silenceRemark(
  phases: readonly string[],
  require: RotationSettings["require"],
): string | undefined {
  const silent = phases.filter((phase) => phaseKind(phase) === "silent").length;
  if (silent === 0) return undefined;
  const which = silent === phases.length ? "its connections" : `${silent} of ${phases.length} connections`;
  return `Confluent reports no phase for ${which}: ${MEANING[require]}.`;
}
