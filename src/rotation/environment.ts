import { withAuthRetry } from "./api-key.ts";
import type { Connection, ConnectionState } from "./connection.ts";
import type { ApiKey, EnvironmentApi, RunContext, SecretVersion } from "./dependencies.ts";
import { RotationError } from "./errors.ts";
import { asResult } from "./outcome.ts";
import type { SecretGroup } from "./plan.ts";
import { StateHistory } from "./polling/history.ts";
import { Poller } from "./polling/poller.ts";
import { ConnectionReader, type ReadResult } from "./polling/reader.ts";
import { PollSchedule } from "./polling/schedule.ts";
import { StatementNames, type StatementPurpose } from "./statements/names.ts";
import { Slots } from "./statements/slots.ts";
import { currentVersion } from "./versions.ts";

/** More statements at a time would wait for each other in a small compute pool. */
const MAX_VERIFICATIONS = 5;

/** What a run needs to update the connections of one environment. */
export class EnvironmentSession {
  readonly api: EnvironmentApi;
  readonly poller: Poller;
  /** False once the service has accepted a PUT only without `metadata`. */
  sendsMetadata = true;
  readonly verifications = new Slots(MAX_VERIFICATIONS);
  readonly #initialStates: ReadonlyMap<string, ReadResult>;
  readonly #histories = new Map<string, StateHistory>();
  readonly #putAt = new Map<string, number>();
  readonly #deletions: Promise<void>[] = [];
  #statementNames: StatementNames | undefined;

  constructor(api: EnvironmentApi, poller: Poller, initialStates: ReadonlyMap<string, ReadResult>) {
    this.api = api;
    this.poller = poller;
    this.#initialStates = initialStates;
  }

  /** Every state of the connection that this run has read. */
  history({ name }: Connection): StateHistory {
    const known = this.#histories.get(name);
    if (known !== undefined) return known;
    const history = new StateHistory();
    const initial = this.#initialStates.get(name);
    if (initial !== undefined && !(initial instanceof RotationError)) history.add(initial);
    this.#histories.set(name, history);
    return history;
  }

  recordPut({ name }: Connection, at: number): void {
    this.#putAt.set(name, at);
  }

  /** When this run has sent the last PUT of the connection, in milliseconds since the epoch. */
  putAt({ name }: Connection): number | undefined {
    return this.#putAt.get(name);
  }

  /** True if this run has sent a PUT of the connection. */
  wasPut({ name }: Connection): boolean {
    return this.#putAt.has(name);
  }

  /** Records the deletion of one of the run's statements. Only the end of the run waits for it. */
  trackDeletion(deletion: Promise<void>): void {
    this.#deletions.push(deletion);
  }

  /** Resolves when all these deletions have ended. */
  async deletionsDone(): Promise<void> {
    await Promise.all(this.#deletions);
  }

  /** A name for a statement that the run creates in this environment. */
  nextStatementName(context: RunContext, purpose: StatementPurpose, suffix?: string): string {
    this.#statementNames ??= new StatementNames(context);
    return this.#statementNames.next(purpose, suffix);
  }

  /** A connection as it was before the run; `undefined` if it does not exist or could not be read. */
  firstRead({ name }: Connection): ConnectionState | undefined {
    const result = this.#initialStates.get(name);
    return result instanceof RotationError ? undefined : result;
  }

  /** A connection as it was before the run; `undefined` if it does not exist. @throws RotationError if it could not be read. */
  initialState({ name }: Connection): ConnectionState | undefined {
    const result = this.#initialStates.get(name);
    if (result instanceof RotationError) throw result;
    return result;
  }
}

/** The sessions by environment; an error stands for an environment that cannot be reached. */
export type Sessions = ReadonlyMap<string, Promise<EnvironmentSession | RotationError>>;

/** The sessions of the environments of one secret. */
export type OpenedSessions = ReadonlyMap<string, EnvironmentSession | RotationError | undefined>;

/** The session of a connection's environment. @throws RotationError if the environment cannot be reached. */
export function sessionOf(sessions: OpenedSessions, { environment }: Connection): EnvironmentSession {
  const session = sessions.get(environment);
  if (session instanceof EnvironmentSession) return session;
  throw session ?? new RotationError("internal", `No session for ${environment}.`);
}

/** The rotator's Confluent API keys by secret, since several environments may share one. */
type ApiKeys = ReadonlyMap<string, Promise<SecretVersion>>;

/** Starts reading the API key of each environment that has connections to rotate. */
export function readApiKeys(context: RunContext, groups: readonly SecretGroup[]): ApiKeys {
  const environments = groups.flatMap((group) => group.connections.map(({ environment }) => environment));
  const secretIds = new Set(environments.map((environment) => apiKeySecretOf(context, environment)));
  return new Map([...secretIds].map((secretId) => [secretId, currentVersion(context, secretId)]));
}

/** Starts reading the connections of each environment that has some to rotate. */
export function openSessions(
  context: RunContext,
  groups: readonly SecretGroup[],
  apiKeys: ApiKeys,
): Sessions {
  const connections = groups.flatMap((group) => group.connections);
  const byEnvironment = Map.groupBy(connections, ({ environment }) => environment);
  return new Map(
    [...byEnvironment].map(([environment, inside]) => {
      const api = environmentApi(context, environment, apiKeys);
      const names = inside.map(({ name }) => name);
      return [environment, asResult(context, () => openSession(context, api, { environment, names }))];
    }),
  );
}

async function openSession(
  { clock }: RunContext,
  api: EnvironmentApi,
  { environment, names }: { environment: string; names: readonly string[] },
): Promise<EnvironmentSession> {
  const initialStates = new Map<string, ReadResult>();
  const reader = new ConnectionReader(api);
  await reader.read(names, (name, result) => initialStates.set(name, result));
  const isEmpty = [...initialStates.values()].every((state) => state === undefined);
  if (isEmpty && names.length > 1) throw noConnections(environment, names.length);
  const poller = new Poller(reader, clock, new PollSchedule(names.length));
  return new EnvironmentSession(api, poller, initialStates);
}

/** A wrong environmentId or region is more likely than that all connections are missing. */
function noConnections(environment: string, count: number): RotationError {
  return new RotationError(
    "not-found",
    `None of the ${count} connections exists in environment ${environment}.`,
    {
      httpStatus: 404,
      nextStep: `Check organizationId, environmentId, cloud and region of ${environment} in connections.json.`,
    },
  );
}

function environmentApi(context: RunContext, environment: string, apiKeys: ApiKeys): EnvironmentApi {
  const { clock, deadlineAt, settings } = context;
  const secretId = apiKeySecretOf(context, environment);
  let firstRead = apiKeys.get(secretId);
  const read = (): Promise<SecretVersion> => {
    const version = firstRead ?? currentVersion(context, secretId);
    firstRead = undefined;
    return version;
  };
  const connect = (apiKey: ApiKey): EnvironmentApi => context.connect(environment, apiKey);
  return withAuthRetry({ clock, secretId, read, connect, graceMs: settings.graceMs, deadlineAt });
}

function apiKeySecretOf({ settings }: RunContext, environment: string): string {
  return settings.apiKeySecrets.get(environment) ?? "";
}
