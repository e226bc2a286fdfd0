import { baseUrlOf } from "../../config/address.ts";

/** A connection that was found in an environment or in Terraform's output. */
export interface FoundConnection {
  readonly name: string;
  readonly type: string;
  /** Absent if it is not yet known. */
  readonly endpoint?: string;
  /** Empty if it is not known. */
  readonly organizationId: string;
  readonly environmentId: string;
  /** Absent if it is not known. */
  readonly restEndpoint?: string;
  /** As Confluent reports it; absent if Confluent was not asked. */
  readonly phase?: string;
}

/** Where a secret holds the options of a connection, as connections.json spells it. */
export interface SecretChoice {
  readonly secret: string;
  readonly fields?: string | Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, string>>;
}

/** The scheme and host of an environment's API; empty if it is not known. */
export function originOf(address: Parameters<typeof baseUrlOf>[0]): string {
  const isKnown = address.restEndpoint !== undefined || (address.cloud && address.region);
  return (isKnown && URL.parse(baseUrlOf(address) ?? "")?.origin) || "";
}
