import { type AuthData, acceptedFrom, phaseWord, type Settings, type State } from "./settings.ts";

export interface ConnectionSpec {
  readonly name: string;
  readonly type: string;
  readonly endpoint: string;
  readonly data: AuthData;
}

/** A connection as a test or a benchmark looks at it. */
export interface ConnectionState extends ConnectionSpec {
  /** Every applied PUT, the oldest first. */
  readonly puts: readonly Put[];
  /** The word that a read gives now; absent where the status is left out. */
  readonly phase: string | undefined;
  readonly resourceVersion: string;
  /** Milliseconds since the epoch at which the data in place was first shown to be usable. */
  readonly readyAt: number | undefined;
}

export interface Put {
  readonly at: number;
  readonly data: AuthData;
}

interface View {
  readonly state: State;
  readonly data: AuthData;
  readonly resourceVersion: string;
  readonly updatedAt: number;
}

/** One stored connection; what a read gives follows from the PUTs, the settings and the time alone. */
export class StoredConnection {
  readonly spec: ConnectionSpec;
  readonly #settings: () => Settings;
  readonly #createdAt: number;
  readonly #puts: Put[] = [];
  readonly #initially: State;
  #before: View | undefined;
  #version = 1;
  #updatedAt: number;

  constructor(spec: ConnectionSpec, settings: () => Settings, created: { state: State; at: number }) {
    this.spec = spec;
    this.#settings = settings;
    this.#initially = created.state;
    this.#createdAt = created.at;
    this.#updatedAt = created.at;
  }

  get settings(): Settings {
    return this.#settings();
  }

  get resourceVersion(): string {
    return `a${this.#version.toString(36)}v`;
  }

  put(data: AuthData, now: number): void {
    this.#before = this.#view(now);
    this.#puts.push({ at: now, data });
    if (this.settings.resourceVersion !== "still") this.#version += 1;
    if (this.settings.updatedAt !== "still") this.#updatedAt = now;
  }

  /** Somebody else changes the connection. */
  touch(now: number): void {
    this.#version += 1;
    this.#updatedAt = now;
  }

  /** The object as the API gives it. */
  render(now: number, self: string): object {
    const { spec, settings } = this;
    const view = this.#view(now);
    return {
      api_version: "sql/v1",
      kind: "Connection",
      metadata: {
        self,
        created_at: new Date(this.#createdAt).toISOString(),
        ...(settings.updatedAt !== "absent" && { updated_at: new Date(view.updatedAt).toISOString() }),
        ...(settings.resourceVersion !== "absent" && { resource_version: view.resourceVersion }),
        resource_name: "",
      },
      name: spec.name,
      spec: {
        connection_type: spec.type,
        endpoint: spec.endpoint,
        auth_data: { kind: "PlaintextProvider", data: "<REDACTED>" },
      },
      ...this.#status(view),
    };
  }

  state(now: number): ConnectionState {
    const { data } = this.#puts.at(-1) ?? this.spec;
    const phase = phaseWord(this.settings, this.#view(now).state) ?? undefined;
    const { resourceVersion } = this;
    return { ...this.spec, data, puts: [...this.#puts], phase, resourceVersion, readyAt: this.#readyAt(now) };
  }

  #status({ state, data }: View): { status?: { phase: string; detail: string } } {
    const { detail } = this.settings;
    const phase = phaseWord(this.settings, state);
    if (phase === null) return {};
    return { status: { phase, detail: typeof detail === "string" ? detail : detail(state, data) } };
  }

  #view(now: number): View {
    const put = this.#puts.at(-1);
    if (put && this.#before && now < put.at + this.settings.staleMs) return this.#before;
    const { data } = put ?? this.spec;
    const { resourceVersion } = this;
    return { state: this.#stateAt(now), data, resourceVersion, updatedAt: this.#updatedAt };
  }

  #stateAt(now: number): State {
    const put = this.#puts.at(-1);
    if (!put) return this.#initially;
    if (now < this.#settlesAt(put)) return "pending";
    if (this.settings.unreachable) return "unreachable";
    return this.#acceptedFrom(put, now) <= this.#judgedAt(put, now) ? "ready" : "invalidAuth";
  }

  #readyAt(now: number): number | undefined {
    const put = this.#puts.at(-1);
    if (this.#stateAt(now) !== "ready") return undefined;
    return put ? Math.max(this.#settlesAt(put), this.#acceptedFrom(put, now)) : this.#createdAt;
  }

  #settlesAt(put: Put): number {
    return put.at + Math.max(this.settings.timeToReadyMs, this.settings.staleMs);
  }

  #acceptedFrom(put: Put, now: number): number {
    return acceptedFrom(this.settings.accepts, put.data, this.#judgedAt(put, now));
  }

  #judgedAt(put: Put, now: number): number {
    return this.settings.judged === "on-put" ? put.at : now;
  }
}
