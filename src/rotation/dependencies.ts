import type { Clock } from "./clock.ts";
import type { Connection, ConnectionState, PutRequest, UpdateResponse } from "./connection.ts";
import type { ErrorClass } from "./errors.ts";
import type { Outcome } from "./outcome.ts";
import type { Redactor } from "./redact.ts";
import type { Secret } from "./secret.ts";

/** One version of a secret. `value` has lost a byte order mark at its start and line breaks at its end. */
export interface SecretVersion {
  readonly versionId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly stages: readonly string[];
  readonly value: Secret;
}

export type VersionSelector = { readonly versionId: string } | { readonly stage: string };

export interface SecretStore {
  /** `undefined` when the secret has no such version (yet). @throws SecretError when it cannot be read at all. */
  readonly read: (secretId: string, selector: VersionSelector) => Promise<SecretVersion | undefined>;
  /** Moves a staging label from the version that holds it, if any. @throws SecretError */
  readonly moveLabel: (secretId: string, label: string, move: { from?: string; to: string }) => Promise<void>;
}

export interface ConnectionPage {
  readonly connections: readonly ConnectionState[];
  readonly nextToken?: string;
}

/** The connections API of one environment, called with one key. Every call throws a RotationError. */
export interface ConnectionsApi {
  /** At most 100 connections. */
  readonly list: (pageToken?: string) => Promise<ConnectionPage>;
  /** `undefined` for 404. */
  readonly get: (name: string) => Promise<ConnectionState | undefined>;
  /** @throws ConflictError, UnknownResultError, and RotationError of class `rejected` for refused data. */
  readonly put: (update: PutRequest) => Promise<UpdateResponse>;
}

/** Our own Flink API key. */
export interface ApiKey {
  readonly key: Secret;
  readonly secret: Secret;
}

/** What happens to a connection while a run is under way. */
export type Progress =
  | { readonly step: "put"; readonly connection: Connection }
  | { readonly step: "seen"; readonly connection: Connection; readonly phase: string }
  | {
      readonly step: "done";
      readonly connection: Connection;
      readonly outcome: Outcome;
      readonly secretCreatedAt?: number;
    };

/** Every contact that a run has with what is outside of it. */
export interface RunContext {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** When all work must have ended, in milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly secrets: SecretStore;
  readonly connect: (environment: string, apiKey: ApiKey) => ConnectionsApi;
  /** Knows every secret of the run by the time anything is sent. */
  readonly redactor: Redactor;
  readonly progress: (progress: Progress) => void;
  /** True once somebody has asked to begin nothing new. */
  readonly isStopping: () => boolean;
  readonly log: RunLog;
}

export interface RunLog {
  /** A bug: an error that no policy knows. Its stack belongs in the log. */
  readonly bug: (error: unknown) => void;
  /** Something that the operator may want to know and that changes no outcome. */
  readonly note: (message: string, facts?: Readonly<Record<string, string | number | ErrorClass>>) => void;
}
