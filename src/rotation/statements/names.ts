import type { RunContext } from "../dependencies.ts";

/** Why the rotator creates a statement: to verify a key, or to mark another statement as stopped. */
export type StatementPurpose = "verify" | "stopped";

const SHAPE = /^rotator-(?:verify|stopped)-(?<time>[0-9a-z]{1,11})-[0-9a-z]+-\d+(?:-(?<suffix>.+))?$/;

/** Unique names for the statements that one run creates. They contain the time of the run. */
export class StatementNames {
  readonly #run: string;
  #count = 0;

  constructor({ clock, random }: Pick<RunContext, "clock" | "random">) {
    const id = Math.floor(random() * 36 ** 6).toString(36);
    this.#run = `${clock.now().toString(36)}-${id}`;
  }

  /** @param suffix of at most 60 characters. */
  next(purpose: StatementPurpose, suffix?: string): string {
    this.#count += 1;
    const name = `rotator-${purpose}-${this.#run}-${this.#count}`;
    return suffix === undefined ? name : `${name}-${suffix}`;
  }
}

/** What the name of a statement shows if the rotator has created it. */
interface OwnStatement {
  /** When its run began, in milliseconds since the epoch. */
  readonly runAt: number;
  /** The end of a marker's name, which shows which statement is stopped. */
  readonly suffix?: string;
}

export function parseStatementName(name: string): OwnStatement | undefined {
  const { time, suffix } = SHAPE.exec(name)?.groups ?? {};
  if (time === undefined) return undefined;
  return { runAt: Number.parseInt(time, 36), ...(suffix !== undefined && { suffix }) };
}
