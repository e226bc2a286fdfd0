/** What the service has found out about the key in place, whatever word it shows for that. */
export type State = "pending" | "ready" | "invalidAuth" | "unreachable";

export type AuthData = Readonly<Record<string, string>>;

/** A key that the connection's endpoint accepts from a moment on. */
interface ValidKey {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
}

/** Decides whether the endpoint accepts auth data: a list of which one value must be in the data, or a function. */
export type KeyMatcher = readonly (string | ValidKey)[] | ((data: AuthData, at: number) => boolean);

/**
 * How the service reports on a key that was put. It moves the object at the PUT in each of these worlds.
 * - `silent`: the phase is empty before and after.
 * - `credulous`: the phase is READY at once, whatever the key.
 * - `controller`: the phase stays the one from before the PUT for `verdictAfterMs`, then the verdict comes.
 * - `prompt`: the phase is PENDING for `timeToReadyMs`, then the verdict comes.
 */
type World = "silent" | "credulous" | "controller" | "prompt";

/** How a connection behaves. Each can be set for the server, an environment or a connection; the nearest wins. */
export interface Settings {
  readonly latencyMs: number;
  /** Requests are received and never answered. */
  readonly hang: boolean;
  readonly forbidden: boolean;
  readonly world: World;
  /** From an applied PUT to its verdict in the world `prompt`. */
  readonly timeToReadyMs: number;
  /** From an applied PUT to its verdict in the world `controller`. */
  readonly verdictAfterMs: number;
  /** For this long after a PUT, all reads show the object as it was before. */
  readonly staleMs: number;
  /** Every other GET, starting with the first after a PUT, and every other LIST show objects as they were this long ago. */
  readonly replicaLagMs: number;
  readonly accepts: KeyMatcher;
  /** `on-put` keeps a young key's INVALID_AUTH until it is put again. */
  readonly judged: "always" | "on-put";
  readonly unreachable: boolean;
  /** The word for a key that is not accepted: `INVALID_AUTH`, `UNREACHABLE`, or one that no client knows. */
  readonly rejectedPhase: string;
  /** The word shown for each state; `null` leaves the status out. */
  readonly phases: Readonly<Partial<Record<State, string | null>>>;
  readonly detail: string | ((state: State, data: AuthData) => string);
  readonly resourceVersion: "moves" | "still" | "absent";
  readonly updatedAt: "moves" | "still" | "absent";
  /** The status for a PUT that has a `metadata` key. Without the key the PUT is accepted. */
  readonly refusesMetadata: 400 | 409 | 412 | undefined;
  /** A PUT is answered with 200 and an HTML page, and changes nothing. */
  readonly htmlOnPut: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  latencyMs: 0,
  hang: false,
  forbidden: false,
  world: "prompt",
  timeToReadyMs: 0,
  verdictAfterMs: 0,
  staleMs: 0,
  replicaLagMs: 0,
  accepts: () => true,
  judged: "always",
  unreachable: false,
  rejectedPhase: "INVALID_AUTH",
  phases: {},
  detail: "",
  resourceVersion: "moves",
  updatedAt: "moves",
  refusesMetadata: undefined,
  htmlOnPut: false,
};

/** The word that a read shows for a state; `undefined` leaves the status out. */
export function phaseWord({ phases, world, rejectedPhase }: Settings, state: State): string | undefined {
  const word = phases[state];
  if (word !== undefined) return word ?? undefined;
  if (world === "silent") return "";
  const words = {
    pending: "PENDING",
    ready: "READY",
    invalidAuth: rejectedPhase,
    unreachable: "UNREACHABLE",
  } as const satisfies Record<State, string>;
  return words[state];
}

/** The moment from which `data` is accepted: `-Infinity` if it always is, `Infinity` if it is not at `at`. */
export function acceptedFrom(matcher: KeyMatcher, data: AuthData, at: number): number {
  if (typeof matcher === "function") return matcher(data, at) ? -Infinity : Infinity;
  const values = new Set(Object.values(data));
  const keys = matcher.map((key) => (typeof key === "string" ? { value: key, validFrom: -Infinity } : key));
  return Math.min(...keys.filter(({ value }) => values.has(value)).map(({ validFrom }) => validFrom));
}
