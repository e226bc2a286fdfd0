import type { Dispatcher } from "undici";
import type { Clock } from "../../rotation/clock.ts";
import { parseJson } from "../../rotation/json.ts";
import type { KeyAnswer, KeyQuestion, ProviderCheck } from "../../rotation/provider-check.ts";
import { REDACTED, Secret } from "../../rotation/secret.ts";
import { UntrustedText } from "../../rotation/untrusted-text.ts";
import { toNetworkFault } from "../network-fault.ts";
import { destinationOf, isOwned, safeUrl } from "./destination.ts";
import { sendToProvider } from "./http.ts";
import { mintedToken } from "./oauth2.ts";
import type {
  Credentials,
  Provider,
  ProviderRequest,
  ProviderResponse,
  ResponsePattern,
} from "./provider.ts";
import { PROVIDERS } from "./table.ts";

/** For all requests about one key. */
const TIMEOUT_MS = 3_000;

/** Providers use this in a message that quotes a part of the key. */
const MASK = "***";

export interface ProviderCheckOptions {
  readonly clock: Clock;
  readonly deadlineAt: number;
  /** The sockets, created for the first request to a provider. */
  readonly dispatcher: () => Dispatcher;
  /** Receives substitutes for a key, such as a token issued by a provider, so that they are redacted. */
  readonly onSecret: (secret: Secret) => void;
}

/** Asks providers over HTTP. */
export function createProviderCheck(options: ProviderCheckOptions): ProviderCheck {
  return {
    ask: async (question) => {
      const provider = PROVIDERS.get(question.connection.type);
      const destination = provider && destinationFor(provider, question);
      if (provider === undefined || destination === undefined) return { verdict: "not-asked" };
      try {
        return await ask(provider, destination, question.data, options);
      } catch (error) {
        return { verdict: "unknown", host: destination.host, reason: reasonOf(error) };
      }
    },
  };
}

function destinationFor(provider: Provider, question: KeyQuestion): URL | undefined {
  if (provider.destination === undefined) return destinationOf(question, provider.domains);
  return safeUrl(provider.destination(question) ?? "");
}

async function ask(
  provider: Provider,
  url: URL,
  data: Secret,
  { clock, deadlineAt, dispatcher, onSecret }: ProviderCheckOptions,
): Promise<KeyAnswer> {
  const now = clock.now();
  const requests = await provider.requests({
    credentials: parseCredentials(data),
    url,
    now,
  });
  const signal = AbortSignal.timeout(Math.max(1, Math.min(TIMEOUT_MS, deadlineAt - now)));
  const send = (request: ProviderRequest) => sendToProvider(dispatcher(), request, signal);
  /** A gateway or a compatible server may list its models without a key. */
  const isOpen = async ({ withoutKey }: ProviderRequest): Promise<boolean> => {
    if (withoutKey === undefined || isOwned(url, provider.domains)) return false;
    return interpret(provider, url.host, await send(withoutKey)).verdict === "valid";
  };
  let answer: KeyAnswer = { verdict: "not-asked" };
  for (const request of requests) {
    const response = await send(request);
    for (const text of [request.derived, mintedToken(response.body)])
      if (text !== undefined) onSecret(new Secret(text));
    answer = interpret(provider, hostOf(request), response);
    if (answer.verdict === "valid" && (await isOpen(request)))
      return { verdict: "unknown", host: answer.host, reason: "it also accepts requests without a key" };
    if (answer.verdict !== "refused") return answer;
  }
  return answer;
}

/** The sent values by backend key: `auth_data.data` is a JSON object of strings. */
function parseCredentials(data: Secret): Credentials {
  const parsed = Object(parseJson(data.reveal()));
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
}

function hostOf({ url }: ProviderRequest): string {
  return new URL(url).host;
}

/** Only the documented refusal counts as one. Any other unsuccessful response leaves the key's validity unknown. */
export function interpret(provider: Provider, host: string, response: ProviderResponse): KeyAnswer {
  const { status, body } = response;
  if (status === 200 && provider.isGenuine(body)) return { verdict: "valid", host };
  const { code, message } = provider.errorOf(body);
  const matches = (pattern: ResponsePattern): boolean =>
    status === pattern.status &&
    (pattern.code === undefined || code === pattern.code) &&
    (pattern.message === undefined || pattern.message.test(message ?? "")) &&
    !pattern.notMessage?.test(message ?? "");
  if (provider.valid?.some(matches)) return { verdict: "valid", host };
  const refusal = provider.refused.find(matches);
  if (refusal === undefined) return { verdict: "unknown", host, reason: `HTTP ${status}` };
  const words = message && UntrustedText.from(withoutMaskedKeys(message));
  const name = refusal.code === undefined || refusal.code === String(status) ? "" : `, ${refusal.code}`;
  return {
    verdict: "refused",
    host,
    code: `HTTP ${status}${name}`,
    ...(words && { words }),
    ...(provider.confirmAfterMs !== undefined && { confirmAfterMs: provider.confirmAfterMs }),
  };
}

function withoutMaskedKeys(message: string): string {
  const words = message.split(" ");
  return words.map((word) => (word.includes(MASK) ? REDACTED : word)).join(" ");
}

/** The code of Node or undici, which never quotes a request. */
function reasonOf(error: unknown): string {
  const code = toNetworkFault(error)?.code;
  if (code === "TimeoutError") return `no response within ${TIMEOUT_MS / 1_000} seconds`;
  const own = error instanceof Error && "code" in error ? error.code : undefined;
  return code ?? (typeof own === "string" ? own : "unexpected error");
}
