import { ApiError } from "./responses.ts";
import { type AuthData, phaseWord, type Settings, type State } from "./settings.ts";
import { type DataInPlace, readySince, stateAt } from "./verdict.ts";

export interface ConnectionSpec {
  readonly name: string;
  readonly type: string;
  readonly endpoint: string;
  readonly data: AuthData;
}

export interface NewConnection extends ConnectionSpec, Partial<Settings> {
  /** The state before the first PUT, `ready` by default. */
  readonly initially?: State;
}

/** A connection as one read returns it. */
export interface ConnectionView {
  readonly spec: ConnectionSpec;
  readonly createdAt: number;
  readonly updatedAt: number | undefined;
  readonly resourceVersion: string | undefined;
  /** Absent if the status is omitted. */
  readonly phase: string | undefined;
  readonly detail: string;
}

/** The content of a PUT. */
export interface ConnectionUpdate {
  readonly data: AuthData;
  readonly resourceVersion?: string | undefined;
  /** Whether the body has a `metadata` key. */
  readonly hasMetadata: boolean;
}

/** A connection for tests and benchmarks. */
export interface InspectedConnection extends ConnectionSpec {
  /** Every applied PUT, the oldest first. */
  readonly puts: readonly Put[];
  /** The phase in an up-to-date read; absent if the status is omitted. */
  readonly phase: string | undefined;
  readonly resourceVersion: string;
  /** When a read first showed the current data as usable, in milliseconds since the epoch. */
  readonly readyAt: number | undefined;
}

export interface Put {
  readonly at: number;
  readonly data: AuthData;
}

/** The state of the object between two changes. */
interface Revision extends DataInPlace {
  /** When reads start to show it. */
  readonly visibleAt: number;
  readonly version: number;
  readonly updatedAt: number;
}

/** One stored connection. A read depends only on its revisions, the settings and the time. */
export class StoredConnection {
  readonly spec: ConnectionSpec;
  readonly puts: Put[] = [];
  readonly #initially: State;
  readonly #createdAt: number;
  readonly #inherited: () => Settings;
  readonly #own: Partial<Settings>;
  readonly #revisions: Revision[];
  #merged: { readonly inherited: Settings; readonly settings: Settings } | undefined;
  #latest: Revision;
  #readsSincePut = 0;

  constructor(added: NewConnection, inherited: () => Settings, createdAt: number) {
    const { name, type, endpoint, data, initially = "ready", ...own } = added;
    this.spec = { name, type, endpoint, data };
    this.#initially = initially;
    this.#createdAt = createdAt;
    this.#inherited = inherited;
    this.#own = own;
    this.#latest = { visibleAt: -Infinity, version: 1, updatedAt: createdAt, data, put: undefined };
    this.#revisions = [this.#latest];
  }

  get settings(): Settings {
    const inherited = this.#inherited();
    if (this.#merged?.inherited !== inherited)
      this.#merged = { inherited, settings: { ...inherited, ...this.#own } };
    return this.#merged.settings;
  }

  configure(changes: Partial<Settings>): void {
    Object.assign(this.#own, changes);
    this.#merged = undefined;
  }

  /** @returns whether the PUT was applied. @throws ApiError 409 for a stale version, or the status of `refusesMetadata`. */
  put({ data, resourceVersion, hasMetadata }: ConnectionUpdate, now: number): boolean {
    const { settings } = this;
    if (settings.htmlOnPut) return false;
    if (hasMetadata && settings.refusesMetadata !== undefined)
      throw new ApiError(settings.refusesMetadata, "metadata is read-only.");
    if (resourceVersion !== undefined && resourceVersion !== versionText(this.#latest))
      throw new ApiError(409, "The resource version is stale.");
    const { version, updatedAt } = this.#latest;
    const put = { at: now, stateBefore: this.#stateAt(now) };
    this.puts.push({ at: now, data });
    this.#readsSincePut = 0;
    this.#add({
      visibleAt: now + settings.staleMs,
      version: settings.resourceVersion === "still" ? version : version + 1,
      updatedAt: settings.updatedAt === "still" ? updatedAt : now,
      data,
      put,
    });
    return true;
  }

  /** Changes `resource_version` and `updated_at`, as another client does. */
  touch(now: number): void {
    const { visibleAt, version, ...latest } = this.#latest;
    this.#add({ ...latest, visibleAt: Math.max(now, visibleAt), version: version + 1, updatedAt: now });
  }

  /** Responds to one GET, every other time from a lagging replica if replicas lag. */
  read(now: number): ConnectionView {
    this.#readsSincePut += 1;
    return this.view(now, this.#readsSincePut % 2 === 1);
  }

  view(now: number, isFromReplica = false): ConnectionView {
    const { settings, spec } = this;
    const at = isFromReplica ? now - settings.replicaLagMs : now;
    const revision = this.#revisionAt(at);
    const state = this.#stateAt(at, revision);
    const { detail } = settings;
    return {
      spec,
      createdAt: this.#createdAt,
      updatedAt: settings.updatedAt === "absent" ? undefined : revision.updatedAt,
      resourceVersion: settings.resourceVersion === "absent" ? undefined : versionText(revision),
      phase: phaseWord(settings, state),
      detail: typeof detail === "string" ? detail : detail(state, revision.data),
    };
  }

  inspect(now: number): InspectedConnection {
    return {
      ...this.spec,
      data: this.#latest.data,
      puts: [...this.puts],
      phase: phaseWord(this.settings, this.#stateAt(now)),
      resourceVersion: versionText(this.#latest),
      readyAt: this.#readyAt(now),
    };
  }

  #add(revision: Revision): void {
    this.#latest = revision;
    this.#revisions.push(revision);
  }

  #revisionAt(time: number): Revision {
    return this.#revisions.findLast(({ visibleAt }) => visibleAt <= time) ?? this.#latest;
  }

  #stateAt(now: number, revision = this.#revisionAt(now)): State {
    return stateAt(now, revision, this.settings, this.#initially);
  }

  #readyAt(now: number): number | undefined {
    if (this.#stateAt(now, this.#latest) !== "ready") return undefined;
    return this.#latest.put === undefined ? this.#createdAt : readySince(now, this.#latest, this.settings);
  }
}

function versionText({ version }: Revision): string {
  return `a${version.toString(36)}v`;
}
