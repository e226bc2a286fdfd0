import type { Connection } from "./connection.ts";
import type { RunContext } from "./dependencies.ts";
import { SupersededError } from "./errors.ts";
import type { Evidence, OutcomeDetails } from "./outcome.ts";
import type { PreparedUpdate } from "./prepare.ts";
import { askProviders, describeAnswer, type KeyAnswer, NOT_ASKED, refusedDetails } from "./provider-check.ts";
import { UntrustedText } from "./untrusted-text.ts";
import type { UpdateRequest } from "./update.ts";

/** An update whose key has not been checked by its provider yet. */
export type Candidate = UpdateRequest & PreparedUpdate;

/** What the providers say about the keys of one version. */
export class KeyCheck {
  readonly #answers: ReadonlyMap<Connection, KeyAnswer>;
  /** The updates that may be put. */
  readonly accepted: readonly Candidate[];
  /** The outcomes of the others: their key was refused, or the run is a dry run. */
  readonly decided: readonly (readonly [UpdateRequest, OutcomeDetails])[];

  private constructor(answers: ReadonlyMap<Connection, KeyAnswer>, candidates: readonly Candidate[]) {
    this.#answers = answers;
    const decisions = candidates.map((candidate) => [candidate, this.#decide(candidate)] as const);
    this.accepted = decisions.flatMap(([candidate, details]) => (details === undefined ? [candidate] : []));
    this.decided = decisions.flatMap(([candidate, details]) =>
      details === undefined ? [] : [[candidate, details] as const],
    );
  }

  /** Empty if a newer version of the secret appears during the grace period of a young key. */
  static async of(context: RunContext, candidates: readonly Candidate[]): Promise<KeyCheck> {
    try {
      return new KeyCheck(await askProviders(context, candidates), candidates);
    } catch (error) {
      if (error instanceof SupersededError) return new KeyCheck(new Map(), []);
      throw error;
    }
  }

  evidence(connection: Connection): Evidence["provider"] {
    return this.#answerAbout(connection).verdict;
  }

  #answerAbout(connection: Connection): KeyAnswer {
    return this.#answers.get(connection) ?? NOT_ASKED;
  }

  #decide({ connection, planned }: Candidate): OutcomeDetails | undefined {
    const answer = this.#answerAbout(connection);
    if (answer.verdict === "refused") return refusedDetails(answer);
    if (planned === undefined || answer.verdict === "not-asked") return planned;
    return { ...planned, message: UntrustedText.sentence`${planned.message} ${describeAnswer(answer)}` };
  }
}
