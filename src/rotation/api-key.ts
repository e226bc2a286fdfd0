import type { Clock } from "./clock.ts";
import { cleanValue, refuseJsonString } from "./credentials/clean-value.ts";
import type { ApiKey, ConnectionsApi, SecretVersion } from "./dependencies.ts";
import { SecretError, UnauthorizedError } from "./errors.ts";
import { type Field, Secret } from "./secret.ts";

/** A key younger than this may still be on its way through Confluent, in milliseconds. */
export const KEY_PROPAGATION_MS = 600_000;

const PAUSE_MS = 5_000;

export interface KeySource {
  readonly clock: Clock;
  /** How our own key is called in messages. */
  readonly secretId: string;
  readonly read: () => Promise<SecretVersion>;
  readonly connect: (apiKey: ApiKey) => ConnectionsApi;
  /** How long a young key may be refused, in milliseconds. */
  readonly graceMs: number;
  readonly deadlineAt: number;
}

/**
 * The connections API of an environment, patient with our own key: when it is refused with 401, the secret is read once
 * more, and a young key is tried again until the grace is over. After that every call fails at once.
 */
export function withAuthRetry(source: KeySource): ConnectionsApi {
  let current = open(source);
  const call = async <T>(request: (api: ConnectionsApi) => Promise<T>): Promise<T> => {
    for (;;) {
      const used = current;
      const { api } = await used;
      try {
        return await request(api);
      } catch (error) {
        if (!(error instanceof UnauthorizedError) || error.response.httpStatus !== 401) throw error;
        if (current === used) current = refreshApiKey(source, used, error);
      }
    }
  };
  return {
    list: (token) => call((api) => api.list(token)),
    get: (name) => call((api) => api.get(name)),
    put: (update) => call((api) => api.put(update)),
  };
}

interface Opened {
  readonly api: ConnectionsApi;
  readonly version: SecretVersion;
  readonly refusedSince: number | undefined;
}

async function open(source: KeySource, refusedSince?: number): Promise<Opened> {
  try {
    const version = await source.read();
    const api = source.connect(parseApiKey(source.secretId, version.value));
    return { api, version, refusedSince };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    const nextStep = `Put a Flink API key of this environment into secret ${source.secretId}, and see that the function may read it; then rotate again.`;
    throw new SecretError(`Our own Flink API key is not to be had: ${error.message}`, { nextStep });
  }
}

/** @throws UnauthorizedError when there is nothing newer to try and no reason to wait. */
async function refreshApiKey(
  source: KeySource,
  used: Promise<Opened>,
  refusal: UnauthorizedError,
): Promise<Opened> {
  const { clock, graceMs, deadlineAt } = source;
  const { version, refusedSince = clock.now() } = await used;
  const next = await open(source, refusedSince);
  if (next.version.versionId !== version.versionId) return next;
  const now = clock.now();
  const isYoung = now - version.createdAt < KEY_PROPAGATION_MS;
  if (!isYoung || now + PAUSE_MS > Math.min(refusedSince + graceMs, deadlineAt)) throw refusal;
  await clock.sleep(PAUSE_MS);
  return next;
}

const SPELLINGS = [
  ["apiKey", "apiSecret"],
  ["api_key", "api_secret"],
  ["api-key", "api-secret"],
  ["key", "secret"],
] as const;

/** The pair in any of the shapes seen in the field, `key:secret` among them. @throws SecretError */
export function parseApiKey(secretId: string, value: Secret): ApiKey {
  refuseJsonString(value, `Secret ${secretId}`);
  const fields = value.fields();
  if (fields instanceof Map) {
    for (const [keyName, secretName] of SPELLINGS) {
      const [key, secret] = [fields.get(keyName), fields.get(secretName)];
      const place = (name: string) => `Field "${name}" of secret ${secretId}`;
      if (isText(key) && isText(secret)) return cleanPair(key, secret, [place(keyName), place(secretName)]);
    }
  }
  const [key, secret] = (fields === undefined ? value.split(":") : undefined) ?? [];
  const place = `Secret ${secretId}`;
  if (isText(key) && isText(secret)) return cleanPair(key, secret, [place, place]);
  throw new SecretError(
    `Secret ${secretId} holds no Flink API key. It must be JSON with "apiKey" and "apiSecret", or the text key:secret.`,
  );
}

function cleanPair(key: Secret, secret: Secret, [keyPlace, secretPlace]: readonly [string, string]): ApiKey {
  return { key: cleanValue(key, "key", keyPlace), secret: cleanValue(secret, "key", secretPlace) };
}

function isText(field: Field | undefined): field is Secret {
  return field instanceof Secret && !field.isBlank;
}
