import { KEY_PROPAGATION_MS } from "./api-key.ts";
import type { Connection } from "./connection.ts";
import type { RunContext } from "./dependencies.ts";
import { sendsEveryKeyOf } from "./key-groups.ts";
import type { OutcomeDetails } from "./outcome.ts";
import { isDryRun } from "./plan.ts";
import type { PreparedUpdate } from "./prepare.ts";
import { ignoreUnlessSuperseded } from "./put.ts";
import type { Secret } from "./secret.ts";
import { type Text, UntrustedText } from "./untrusted-text.ts";
import type { UpdateRequest } from "./update.ts";

/** A key that is about to be put. */
export interface KeyQuestion {
  readonly connection: Connection;
  /** The endpoint that Confluent shows for the connection. */
  readonly endpoint: string;
  /** The JSON object of `auth_data.data`. */
  readonly data: Secret;
}

/** What a provider says about a key. `host` is the provider's. */
export type KeyAnswer =
  | { readonly verdict: "not-asked" }
  | { readonly verdict: "valid"; readonly host: string }
  /** `reason` contains no text from outside. */
  | { readonly verdict: "unknown"; readonly host: string; readonly reason: string }
  | {
      readonly verdict: "refused";
      readonly host: string;
      /** The status and the error code of the response. */
      readonly code: string;
      /** The provider's own words. */
      readonly words?: UntrustedText;
      /** Set if the provider may refuse a good key for a moment: the refusal must be repeated after this many milliseconds. */
      readonly confirmAfterMs?: number;
      /** True if the run ends before a refusal of a key this young counts. */
      readonly isEarly?: boolean;
    };

/** An update whose key a provider may be asked about. */
type KeyUpdate = UpdateRequest & Pick<PreparedUpdate, "endpoint" | "keys">;

/** Asks the provider that issued a key whether it accepts it. Never rejects. */
export interface ProviderCheck {
  readonly ask: (question: KeyQuestion) => Promise<KeyAnswer>;
}

export const NOT_ASKED: KeyAnswer = { verdict: "not-asked" };

/** When a young key that is refused is asked about again, in milliseconds after the first refusal. */
const ASK_AGAIN_MS = [2_000, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000];

/** How often AWSCURRENT is read between these requests, in milliseconds. */
const CURRENT_CHECK_MS = 5_000;

/**
 * What the providers say about the keys of one secret's version: each type, host and key is asked about once.
 * @throws SupersededError if a newer version of the secret appears during the grace period of a young key.
 */
export async function askProviders(
  context: RunContext,
  requests: readonly KeyUpdate[],
): Promise<ReadonlyMap<Connection, KeyAnswer>> {
  const questions = distinctQuestions(requests);
  const asked = questions.map(async ({ request, question, connections }) => {
    const answer = await askUntilCertain(context, request, question);
    if (answer.verdict === "unknown") noteUnknown(context, request, answer);
    return { request, connections, answer };
  });
  const answers = new Map<Connection, KeyAnswer>();
  const all = await Promise.all(asked);
  for (const { request, connections, answer } of all) {
    const isOpen = answer.verdict === "unknown" || answer.verdict === "not-asked";
    const refusal = isOpen ? all.find((other) => isRefusalOf(request, other))?.answer : undefined;
    for (const connection of connections) answers.set(connection, refusal ?? answer);
  }
  return answers;
}

/** The outcome of a connection whose key was refused before anything was put. */
export function refusedDetails(answer: KeyAnswer & { verdict: "refused" }): OutcomeDetails {
  const { host, code, words, isEarly = false } = answer;
  const name = UntrustedText.name(host);
  const early = isEarly ? " The key is young and may work later, but the run ended before that." : "";
  return {
    outcome: "not-attempted",
    errorClass: isEarly ? "timeout" : "rejected",
    message: UntrustedText.sentence`${name} refused the key (${code}).${early} Nothing was put, and this connection keeps the key it has.`,
    ...(words && { detail: UntrustedText.sentence`${name}: ${words}` }),
  };
}

/** What a dry run says about a provider's answer. */
export function describeAnswer(answer: KeyAnswer & { verdict: "valid" | "unknown" }): Text {
  const host = UntrustedText.name(answer.host);
  return answer.verdict === "valid"
    ? UntrustedText.sentence`${host} accepts the key.`
    : UntrustedText.sentence`${host} did not say whether it accepts the key (${answer.reason}).`;
}

interface DistinctQuestion {
  readonly request: KeyUpdate;
  readonly question: KeyQuestion;
  readonly connections: readonly Connection[];
}

function distinctQuestions(requests: readonly KeyUpdate[]): DistinctQuestion[] {
  const distinct: (DistinctQuestion & { readonly connections: Connection[] })[] = [];
  for (const request of requests) {
    const { connection, data, endpoint } = request;
    const question = { connection, data, endpoint };
    const same = distinct.find((other) => isSameQuestion(other.question, question));
    if (same === undefined) distinct.push({ request, question, connections: [connection] });
    else same.connections.push(connection);
  }
  return distinct;
}

function isSameQuestion(a: KeyQuestion, b: KeyQuestion): boolean {
  const hostOf = ({ endpoint }: KeyQuestion) => URL.parse(endpoint)?.origin ?? endpoint;
  const isSame = a.connection.type === b.connection.type && a.connection.provider === b.connection.provider;
  const isSameHost = hostOf(a) === hostOf(b) && a.connection.endpoint === b.connection.endpoint;
  return isSame && isSameHost && a.data.equals(b.data);
}

function isRefusalOf(
  update: KeyUpdate,
  { request, answer }: { request: KeyUpdate; answer: KeyAnswer },
): boolean {
  return answer.verdict === "refused" && sendsEveryKeyOf(update, request);
}

/** A refusal of a young key counts only after the grace period; a dry run does not wait for that. */
async function askUntilCertain(
  context: RunContext,
  request: UpdateRequest,
  question: KeyQuestion,
): Promise<KeyAnswer> {
  const { clock, deadlineAt, providers, settings } = context;
  if (providers === undefined || !question.connection.provider || clock.now() >= deadlineAt) return NOT_ASKED;
  let answer = await providers.ask(question);
  if (answer.verdict !== "refused") return answer;
  const refusedAt = clock.now();
  const isYoung = refusedAt - request.version.createdAt < KEY_PROPAGATION_MS;
  const graceMs = isYoung && !isDryRun(context.trigger) ? settings.graceMs : 0;
  if (graceMs > 0) noteYoung(context, request, answer);
  for (const afterMs of askAgainMs(graceMs, answer.confirmAfterMs)) {
    if (refusedAt + afterMs >= deadlineAt || context.isStopping()) return { ...answer, isEarly: graceMs > 0 };
    await waitWhileCurrent(context, request, refusedAt + afterMs);
    answer = await providers.ask(question);
    if (answer.verdict !== "refused") return answer;
  }
  return answer;
}

/** When to ask again after a refusal: at the end of the grace period for the last time. */
function askAgainMs(graceMs: number, confirmAfterMs: number | undefined): readonly number[] {
  if (graceMs === 0) return confirmAfterMs === undefined ? [] : [confirmAfterMs];
  return [...ASK_AGAIN_MS.filter((ms) => ms < graceMs), graceMs];
}

/** @throws SupersededError as soon as a newer version of the secret appears. */
async function waitWhileCurrent(
  { clock, isStopping }: RunContext,
  request: UpdateRequest,
  untilAt: number,
): Promise<void> {
  while (clock.now() < untilAt && !isStopping()) {
    await clock.sleep(Math.min(CURRENT_CHECK_MS, untilAt - clock.now()));
    await request.assertCurrent().catch(ignoreUnlessSuperseded);
  }
}

function noteYoung(
  { log, redactor, settings }: RunContext,
  { connection: { secret, type } }: UpdateRequest,
  { host, code }: KeyAnswer & { verdict: "refused" },
): void {
  const provider = UntrustedText.name(host).redactWith(redactor);
  const forSeconds = settings.graceMs / 1_000;
  log.note("The provider refuses a young key, so it is asked again.", {
    secret,
    type,
    provider,
    code,
    forSeconds,
  });
}

function noteUnknown(
  { log, redactor }: RunContext,
  { connection }: UpdateRequest,
  { host, reason }: KeyAnswer & { verdict: "unknown" },
): void {
  const provider = UntrustedText.name(host).redactWith(redactor);
  const { secret, type } = connection;
  log.note("The provider did not say whether it accepts the key.", { secret, type, provider, reason });
}
