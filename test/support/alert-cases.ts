import type { AlertCase } from "./alert-case.ts";
import { MIXTURE_CASES } from "./alert-cases-mixtures.ts";
import { OTHER_FAILURE_CASES } from "./alert-cases-other-failures.ts";
import { REFUSED_KEY_CASES } from "./alert-cases-refused-key.ts";

/** One for each way a run may end badly, and mixtures. */
export const ALERT_CASES: readonly AlertCase[] = [
  ...REFUSED_KEY_CASES,
  ...OTHER_FAILURE_CASES,
  ...MIXTURE_CASES,
];
