import type { ConnectionState } from "../../src/rotation/connection.ts";
import type {
  ConnectionView,
  NewConnection,
  Put,
  StoredConnection,
} from "../../src/sandbox/confluent/connection.ts";
import type { AuthData, Settings } from "../../src/sandbox/confluent/settings.ts";
import { untrusted } from "./untrusted.ts";

/** Everything that the sandbox can set for a connection. */
export type FakeConnectionOptions = Partial<Omit<NewConnection, "name">>;

export const DEFAULT_CONNECTION = {
  type: "OPENAI",
  endpoint: "https://api.example.com/v1",
  data: { API_KEY: "old-key" },
} as const satisfies FakeConnectionOptions;

/** A connection of the fake, for inspection by tests. */
export class FakeConnection {
  readonly name: string;
  readonly #stored: StoredConnection;

  constructor(stored: StoredConnection) {
    this.name = stored.spec.name;
    this.#stored = stored;
  }

  /** Every applied PUT, the oldest first. */
  get puts(): readonly Put[] {
    return this.#stored.puts;
  }

  /** Its current data, even if reads are stale. */
  get data(): AuthData {
    return this.#stored.puts.at(-1)?.data ?? this.#stored.spec.data;
  }

  configure(changes: Partial<Settings>): void {
    this.#stored.configure(changes);
  }

  put(data: AuthData, resourceVersion: string | undefined, now: number): void {
    this.#stored.put({ data, resourceVersion, hasMetadata: true }, now);
  }

  /** Changes the connection as another client does. */
  touch(now: number): void {
    this.#stored.touch(now);
  }

  read(now: number): ConnectionState {
    return connectionState(this.#stored.read(now));
  }
}

/** Converts a view for the core. */
export function connectionState(view: ConnectionView): ConnectionState {
  const { spec, phase = "", detail, resourceVersion, updatedAt } = view;
  return {
    name: spec.name,
    connectionType: spec.type,
    endpoint: spec.endpoint,
    phase,
    httpStatus: 200,
    requestId: untrusted("request-read"),
    ...(view.phase !== undefined && detail !== "" && { detail: untrusted(detail) }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}
