import type { Secret } from "./secret.ts";
import type { UntrustedText } from "./untrusted-text.ts";

/** Where the value of a backend key comes from: a key of the secret's JSON, or the configuration itself. */
export type DataSource = { readonly field: string } | { readonly value: string };

/** Where a connection's credentials come from: options of a known type, or backend keys spelled out. */
export type CredentialSource =
  | {
      readonly kind: "options";
      /** The secret's JSON key for each option. A string names the one option that the whole secret provides; without it, the usual spellings apply. */
      readonly fields?: Readonly<Record<string, string>> | string;
      readonly values: Readonly<Record<string, string>>;
    }
  | { readonly kind: "data"; readonly data: Readonly<Record<string, DataSource>> };

/** A Flink SQL statement that uses a connection. If it completes, the key that Confluent stores works. */
export interface VerificationStatement {
  /** The key under `verification.statements`. */
  readonly name: string;
  readonly sql: string;
  readonly catalog?: string;
  readonly database?: string;
  readonly computePool?: string;
  readonly principal?: string;
  readonly timeoutMs: number;
}

/** A connection as `connections.json` lists it. */
export interface Connection {
  readonly name: string;
  /** The key under `environments`. */
  readonly environment: string;
  readonly type: string;
  readonly endpoint?: string;
  /** Name, partial ARN or full ARN. */
  readonly secret: string;
  readonly credentials: CredentialSource;
  readonly canary: boolean;
  /** Is run after each PUT of the connection. */
  readonly verify?: VerificationStatement;
  /** False if the provider must not be asked about the keys of this connection. */
  readonly provider: boolean;
}

/** A name that is unique across environments, as commands and events take it. */
export function qualifiedName({ environment, name }: Pick<Connection, "environment" | "name">): string {
  return `${environment}/${name}`;
}

/** A connection as the API shows it. */
export interface ConnectionState {
  readonly name: string;
  readonly connectionType: string;
  readonly endpoint: string;
  readonly resourceVersion?: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt?: number;
  /** Upper case; empty if the service reports none. */
  readonly phase: string;
  readonly detail?: UntrustedText;
  readonly httpStatus: number;
  readonly requestId?: UntrustedText;
}

/** The content of a PUT; type and endpoint come from the read before it. */
export interface PutRequest {
  readonly name: string;
  readonly connectionType: string;
  readonly endpoint: string;
  readonly resourceVersion?: string;
  /** The JSON object of `auth_data.data`. */
  readonly data: Secret;
}

export interface UpdateResponse {
  readonly httpStatus: number;
  readonly requestId?: UntrustedText;
}

/**
 * True if the object has changed since `before`, like Kubernetes' `observedGeneration`: only then can a phase belong to the PUT.
 * Also false if the service returns neither `resource_version` nor `updated_at`.
 */
export function hasChanged(before: ConnectionState, after: ConnectionState): boolean {
  const otherVersion =
    before.resourceVersion !== undefined &&
    after.resourceVersion !== undefined &&
    before.resourceVersion !== after.resourceVersion;
  const later = (after.updatedAt ?? 0) > (before.updatedAt ?? Number.POSITIVE_INFINITY);
  return otherVersion || later;
}

export type PhaseKind = "usable" | "refused" | "unreachable" | "silent" | "pending";

/** The meaning of a phase. The API's texts, its enum and its printed examples contradict each other, so all are taken. */
export function phaseKind(phase: string): PhaseKind {
  return PHASES[phase.toUpperCase()] ?? "pending";
}

const PHASES: Readonly<Record<string, PhaseKind>> = {
  READY: "usable",
  ACTIVE: "usable",
  INVALID_AUTH: "refused",
  UNREACHABLE: "unreachable",
  "": "silent",
};
