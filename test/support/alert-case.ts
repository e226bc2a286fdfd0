import type { Outcome } from "../../src/rotation/outcome.ts";
import type { Trigger } from "../../src/rotation/plan.ts";
import type { Report } from "../../src/rotation/report/report.ts";
import { kept, NEW_VERSION } from "./alert-outcomes.ts";

/** A run about which an alert is sent: the name of its fixture, and the outcomes of its connections. */
export interface AlertCase {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
  readonly trigger?: Trigger;
  readonly statements?: NonNullable<Report["statements"]>;
}

export const CHANGED: Trigger = { kind: "secret-change", secret: "prod/openai", versionId: NEW_VERSION };

/** The other connections of the secret whose key the canary refused. */
export const OTHERS = [kept("triage-openai"), kept("docs-openai")];
