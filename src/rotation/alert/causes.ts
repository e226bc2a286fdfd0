import type { ErrorClass } from "../errors.ts";
import type { Outcome } from "../outcome.ts";
import { HOLDINGS, type Holding, holdingOf, isAboutApiKey } from "./holding.ts";
import { withoutName } from "./without-name.ts";

/** Connections with the same outcome for the same reason. */
export interface Cause {
  readonly holding: Holding;
  readonly environment: string;
  readonly errorClass: ErrorClass | undefined;
  /** As for one of its connections; if there are several, `NAME` stands for the connection. */
  readonly message: string | undefined;
  readonly nextStep: string | undefined;
  readonly outcomes: readonly [Outcome, ...Outcome[]];
}

/** Groups outcomes so that each cause is told once, the worst first. */
export function groupByCause(outcomes: readonly Outcome[]): readonly Cause[] {
  const groups = new Map<string, [Outcome, ...Outcome[]]>();
  const told = outcomes.filter(({ message }) => message !== undefined);
  const shortened = outcomes.filter(({ message }) => message === undefined);
  for (const outcome of [...told, ...shortened]) {
    const key = keyOf(outcome);
    // The report of a batch keeps the messages of some outcomes only.
    const same =
      outcome.message === undefined ? [...groups.keys()].find((other) => other.startsWith(key)) : key;
    const group = groups.get(same ?? key);
    if (group === undefined) groups.set(key, [outcome]);
    else group.push(outcome);
  }
  const causes = [...groups.values()].map(toCause);
  return causes.toSorted((a, b) => HOLDINGS.indexOf(a.holding) - HOLDINGS.indexOf(b.holding));
}

/** For a failure of these classes it matters which secret it was. */
const OF_SECRET: ReadonlySet<ErrorClass | undefined> = new Set(["rejected", "secret", "superseded"]);

function keyOf(outcome: Outcome): string {
  const { environment, errorClass, message, secret } = outcome;
  const place = [holdingOf(outcome), outcome.outcome, environment, errorClass];
  const which = OF_SECRET.has(errorClass) && !isAboutApiKey(outcome) ? secret : "";
  const text = message === undefined ? "" : withoutName(message, outcome.name);
  return [...place, which, text].join("\n");
}

function toCause(outcomes: readonly [Outcome, ...Outcome[]]): Cause {
  const [first] = outcomes;
  const { environment, errorClass } = first;
  return {
    holding: holdingOf(first),
    environment,
    errorClass,
    message: common(outcomes, ({ message }) => message),
    nextStep: common(outcomes, ({ nextStep }) => nextStep),
    outcomes,
  };
}

/** The text if it is the same for all; else that of the first, without its name. */
function common(
  outcomes: readonly [Outcome, ...Outcome[]],
  textOf: (outcome: Outcome) => string | undefined,
): string | undefined {
  const [first] = outcomes;
  const text = textOf(first);
  const isSame = outcomes.every((outcome) => [text, undefined].includes(textOf(outcome)));
  return isSame || text === undefined ? text : withoutName(text, first.name);
}
