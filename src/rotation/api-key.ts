import type { Clock } from "./clock.ts";
import { cleanValue, refuseJsonString } from "./credentials/clean-value.ts";
import type { ApiKey, EnvironmentApi, SecretVersion } from "./dependencies.ts";
import { SecretError, UNREADABLE_API_KEY, UnauthorizedError } from "./errors.ts";
import { type Field, Secret } from "./secret.ts";

/** A key younger than this may still be on its way through Confluent, in milliseconds. */
export const KEY_PROPAGATION_MS = 600_000;

/** How long to wait before a refused key is tried again, in milliseconds: a young one may need minutes. */
const YOUNG_RETRY_MS = 5_000;
const RETRY_MS = 1_000;

interface ApiKeySource {
  readonly clock: Clock;
  /** The secret that holds the API key, as messages name it. */
  readonly secretId: string;
  readonly read: () => Promise<SecretVersion>;
  readonly connect: (apiKey: ApiKey) => EnvironmentApi;
  /** How long a young key may be refused, in milliseconds. */
  readonly graceMs: number;
  readonly deadlineAt: number;
}

/**
 * The API of an environment. If the API key is refused with 401, its secret is read again and the call is
 * repeated: once for a key that is not new, and until the end of the grace period for a young one. After that every call
 * fails at once.
 */
export function withAuthRetry(source: ApiKeySource): EnvironmentApi {
  let current = open(source);
  const call = async <T>(request: (api: EnvironmentApi) => Promise<T>): Promise<T> => {
    for (;;) {
      const used = current;
      const opened = await used;
      try {
        const result = await request(opened.api);
        if (opened.refusedSince !== undefined && current === used)
          current = Promise.resolve({ ...opened, refusedSince: undefined });
        return result;
      } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error;
        const refusal = nameSecret(error, source.secretId);
        if (refusal.response.httpStatus !== 401) throw refusal;
        if (current === used) current = refreshApiKey(source, opened, refusal);
      }
    }
  };
  return {
    list: (token) => call((api) => api.list(token)),
    get: (name) => call((api) => api.get(name)),
    put: (request) => call((api) => api.put(request)),
    statements: {
      list: (token) => call(({ statements }) => statements.list(token)),
      get: (name) => call(({ statements }) => statements.get(name)),
      create: (statement) => call(({ statements }) => statements.create(statement)),
      delete: (name) => call(({ statements }) => statements.delete(name)),
      setStopped: (name, stopped) => call(({ statements }) => statements.setStopped(name, stopped)),
    },
  };
}

/** The refusal with advice that names the secret, unless it has other advice already. */
function nameSecret({ message, response }: UnauthorizedError, secretId: string): UnauthorizedError {
  const key = `the Flink API key in secret ${secretId}`;
  const {
    nextStep = response.httpStatus === 401
      ? `Check that ${key} exists in Confluent Cloud and belongs to this environment and region; then rotate again.`
      : `Give the owner of ${key} the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin; then rotate again.`,
  } = response;
  return new UnauthorizedError(message, { ...response, nextStep });
}

interface Opened {
  readonly api: EnvironmentApi;
  readonly version: SecretVersion;
  /** When the key was refused first since it last worked, in milliseconds since the epoch. */
  readonly refusedSince: number | undefined;
}

async function open(source: ApiKeySource, refusedSince?: number): Promise<Opened> {
  try {
    const version = await source.read();
    const api = source.connect(parseApiKey(source.secretId, version.value));
    return { api, version, refusedSince };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    const nextStep =
      error.response.nextStep ??
      `Put a Flink API key of this environment into secret ${source.secretId}; then rotate again.`;
    throw new SecretError(`${UNREADABLE_API_KEY}: ${error.message}`, { nextStep });
  }
}

/** @throws UnauthorizedError if there is no newer key to try and no reason to wait. */
async function refreshApiKey(
  source: ApiKeySource,
  { version, refusedSince }: Opened,
  refusal: UnauthorizedError,
): Promise<Opened> {
  const { clock, graceMs, deadlineAt } = source;
  const since = refusedSince ?? clock.now();
  const next = await open(source, since);
  if (next.version.versionId !== version.versionId) return next;
  const now = clock.now();
  const isYoung = now - version.createdAt < KEY_PROPAGATION_MS;
  const retryMs = isYoung ? YOUNG_RETRY_MS : RETRY_MS;
  const retryUntil = Math.min(deadlineAt, isYoung ? since + graceMs : Number.POSITIVE_INFINITY);
  const wasRetried = refusedSince !== undefined;
  if ((wasRetried && !isYoung) || now + retryMs > retryUntil) throw refusal;
  await clock.sleep(retryMs);
  return next;
}

const SPELLINGS = [
  ["apiKey", "apiSecret"],
  ["api_key", "api_secret"],
  ["api-key", "api-secret"],
  ["key", "secret"],
] as const;

/** Reads the key and its secret: fields of a JSON object under any of these names, or `key:secret`. @throws SecretError */
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
  return { key: cleanValue(key, "token", keyPlace), secret: cleanValue(secret, "token", secretPlace) };
}

function isText(field: Field | undefined): field is Secret {
  return field instanceof Secret && !field.isBlank;
}
