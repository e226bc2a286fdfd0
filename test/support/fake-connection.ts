import type { ConnectionState } from "../../src/rotation/connection.ts";
import type {
  ConnectionView,
  NewConnection,
  Put,
  StoredConnection,
} from "../../src/sandbox/confluent/connection.ts";
import type { AuthData, Settings, State } from "../../src/sandbox/confluent/settings.ts";

export interface Behaviour {
  readonly type: string;
  readonly endpoint: string;
  /** From a PUT to its verdict. */
  readonly timeToReadyMs: number;
  /** For this long after a PUT, reads still show the object as it was before. */
  readonly staleMs: number;
  /** From when on the endpoint accepts the data; `Infinity` for never. */
  readonly validFrom: (data: AuthData) => number;
  /** `on-put` keeps the INVALID_AUTH of a young key until it is put again. */
  readonly judged: "always" | "on-put";
  readonly unreachable: boolean;
  /** The word for READY; empty for a service that never reports a phase. */
  readonly readyPhase: string;
  readonly detail: string;
  /** Which fields of the object move at a PUT. */
  readonly fence: "both" | "version" | "time" | "none";
}

/** A connection's behaviour in the tests' own terms, and every setting of the sandbox besides. */
export type FakeConnectionOptions = Partial<Omit<Behaviour, keyof Settings>> &
  Partial<Settings> & { readonly initially?: State };

const FENCES = {
  both: { resourceVersion: "moves", updatedAt: "moves" },
  version: { resourceVersion: "moves", updatedAt: "absent" },
  time: { resourceVersion: "absent", updatedAt: "moves" },
  none: { resourceVersion: "still", updatedAt: "still" },
} as const satisfies Record<Behaviour["fence"], Partial<Settings>>;

/** The sandbox's connection for the options given. */
export function newConnection(name: string, options: FakeConnectionOptions): NewConnection {
  const {
    type = "OPENAI",
    endpoint = "https://api.example.com/v1",
    validFrom,
    readyPhase,
    fence,
    ...settings
  } = options;
  return {
    name,
    type,
    endpoint,
    data: { API_KEY: "old-key" },
    ...(validFrom && { accepts: (data: AuthData, at: number) => validFrom(data) <= at }),
    ...(readyPhase === "" && { world: "silent" }),
    ...(readyPhase && { phases: { ready: readyPhase } }),
    ...(fence && FENCES[fence]),
    ...settings,
  };
}

/** A connection of the fake, as a test looks behind the API. */
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

  /** What it holds, whatever a read shows. */
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

/** The view in the terms of the core. */
export function connectionState(view: ConnectionView): ConnectionState {
  const { spec, phase = "", detail, resourceVersion, updatedAt } = view;
  return {
    name: spec.name,
    connectionType: spec.type,
    endpoint: spec.endpoint,
    phase,
    detail: view.phase === undefined ? "" : detail,
    httpStatus: 200,
    requestId: "request-read",
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}
