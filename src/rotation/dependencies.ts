import type { Clock } from "./clock.ts";
import type { Connection, ConnectionState, PutRequest, UpdateResponse } from "./connection.ts";
import type { ErrorClass } from "./errors.ts";
import type { Outcome } from "./outcome.ts";
import type { Trigger } from "./plan.ts";
import type { ProviderCheck } from "./provider-check.ts";
import type { Redactor } from "./redact.ts";
import type { Secret } from "./secret.ts";
import type { StatementsApi } from "./statements/api.ts";
import type { StatementPolicy } from "./statements/policy.ts";

/** One version of a secret. `value` comes without a byte order mark at its start and line breaks at its end. */
export interface SecretVersion {
  readonly versionId: string;
  /** The full ARN of the secret, by which its several names are known to mean one secret. */
  readonly arn?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly stages: readonly string[];
  readonly value: Secret;
}

export type VersionSelector = { readonly versionId: string } | { readonly stage: string };

export interface SecretStore {
  /** `undefined` when the secret has no such version (yet). @throws SecretError when it cannot be read at all. */
  readonly read: (secretId: string, selector: VersionSelector) => Promise<SecretVersion | undefined>;
  /** Moves a staging label from the version that holds it, if any. @throws ReplicaError or another SecretError */
  readonly moveLabel: (secretId: string, label: string, move: { from?: string; to: string }) => Promise<void>;
  /** When anything of the secret, its labels included, was last changed. @throws SecretError */
  readonly lastChangedAt: (secretId: string) => Promise<number | undefined>;
}

export interface ConnectionPage {
  readonly connections: readonly ConnectionState[];
  readonly nextToken?: string;
}

/** The connections API of one environment, called with one API key. Every call may throw a RotationError. */
export interface ConnectionsApi {
  /** At most 100 connections. */
  readonly list: (pageToken?: string) => Promise<ConnectionPage>;
  /** `undefined` for 404. */
  readonly get: (name: string) => Promise<ConnectionState | undefined>;
  /** @throws ConflictError, UnknownResultError, and RotationError of class `rejected` for refused data. */
  readonly put: (update: PutRequest) => Promise<UpdateResponse>;
}

/** The API of one environment, called with one API key. */
export interface EnvironmentApi extends ConnectionsApi {
  readonly statements: StatementsApi;
}

/** The rotator's Confluent API key for an environment. */
export interface ApiKey {
  readonly key: Secret;
  readonly secret: Secret;
}

/** A step of a connection's update. */
export type Progress =
  | { readonly step: "put"; readonly connection: Connection }
  | { readonly step: "seen"; readonly connection: Connection; readonly phase: string }
  | {
      readonly step: "done";
      readonly connection: Connection;
      readonly outcome: Outcome;
      readonly secretCreatedAt?: number;
    };

/** Everything that a run calls, and when it must end. */
export interface RunDependencies {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** When all work must have ended, in milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly secrets: SecretStore;
  readonly connect: (environment: string, apiKey: ApiKey) => EnvironmentApi;
  /** Absent if no provider is to be asked about a key. */
  readonly providers?: ProviderCheck;
  /** Knows every secret of the run by the time anything is sent. */
  readonly redactor: Redactor;
  readonly progress: (progress: Progress) => void;
  /** True if no new update may start. */
  readonly isStopping: () => boolean;
  readonly log: RunLog;
}

export interface RotationSettings {
  /** One connection of a secret gets a version first, and the others follow if it works. */
  readonly canary: boolean;
  readonly onRejected: "keep" | "rollback";
  readonly readyTimeoutMs: number;
  /** How long a young key may be refused before that counts. */
  readonly graceMs: number;
  /** How long READY must last after a PUT if it was READY before. */
  readonly confirmMs: number;
  /** What is enough for a success: see `verification.require` of connections.json. */
  readonly require: "auto" | "ready" | "applied";
  readonly refresh: "always" | "when-stale";
  readonly propagationLabel?: string;
  /** What is done about the statements of an environment. */
  readonly statements?: ReadonlyMap<string, StatementPolicy>;
  /** The secret with the rotator's Confluent API key, by environment. */
  readonly apiKeySecrets: ReadonlyMap<string, string>;
}

/** One run: what it calls, what started it, and how it is to be done. */
export interface RunContext extends RunDependencies {
  readonly trigger: Trigger;
  readonly settings: RotationSettings;
}

export interface RunLog {
  /** An unexpected error. Its stack belongs in the log. */
  readonly bug: (error: unknown) => void;
  /** Something that the operator may want to know and that changes no outcome. */
  readonly note: (message: string, facts?: Readonly<Record<string, string | number | ErrorClass>>) => void;
}
