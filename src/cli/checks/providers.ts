import type { Outcome } from "../../rotation/outcome.ts";
import type { Finding } from "./check.ts";

/** The finding about a secret, by its provider's answers about its connections; the first that applies. */
const FINDINGS = [
  ["refused", "failed", "The provider refuses the key."],
  [
    "unknown",
    "remark",
    "The provider did not say whether it accepts the key. The reason is shown with the connections. A run would send the key.",
  ],
  ["valid", "passed", "The provider accepts the key."],
] as const;

/**
 * Whether the provider of each secret's key accepts it, according to the dry run. The connections show the
 * provider's message.
 */
export function providerFindings(outcomes: readonly Outcome[]): Finding[] {
  const bySecret = Map.groupBy(outcomes, ({ secret }) => secret);
  return [...bySecret].flatMap(([secret, ofSecret]): Finding[] => {
    const answers = new Set<string>(ofSecret.map(({ evidence }) => evidence.provider));
    const [, state, message] = FINDINGS.find(([answer]) => answers.has(answer)) ?? [];
    return state === undefined || message === undefined
      ? []
      : [{ subject: "provider", secret, state, message }];
  });
}
