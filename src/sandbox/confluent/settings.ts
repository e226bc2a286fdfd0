/** The service's verdict on the current key, independent of the phase that it shows. */
export type State = "pending" | "ready" | "invalidAuth" | "unreachable";

export type AuthData = Readonly<Record<string, string>>;

/** A key that the connection's endpoint accepts from a certain time on. */
interface ValidKey {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
}

/** Decides whether the endpoint accepts auth data: a list of accepted values, or a function. */
type KeyMatcher = readonly (string | ValidKey)[] | ((data: AuthData, at: number) => boolean);

/**
 * How the service reports on a new key. In each of these worlds, the PUT changes version and time of the object.
 * - `silent`: the phase is empty before and after.
 * - `credulous`: the phase is READY at once for any key.
 * - `controller`: the phase from before the PUT stays for `verdictAfterMs`, then the verdict follows.
 * - `prompt`: the phase is PENDING for `timeToReadyMs`, then the verdict follows.
 */
type World = "silent" | "credulous" | "controller" | "prompt";

/** The behaviour of a connection. Settings of a connection override those of its environment, which override the server's. */
export interface Settings {
  readonly latencyMs: number;
  /** Requests are received but never answered. */
  readonly hang: boolean;
  readonly forbidden: boolean;
  readonly world: World;
  /** Time from an applied PUT to its verdict in the world `prompt`. */
  readonly timeToReadyMs: number;
  /** Time from an applied PUT to its verdict in the world `controller`. */
  readonly verdictAfterMs: number;
  /** How long after a PUT all reads show the object as it was before. */
  readonly staleMs: number;
  /** Every other GET, starting with the first after a PUT, and every other LIST show objects as they were this long ago. */
  readonly replicaLagMs: number;
  readonly accepts: KeyMatcher;
  /** With `on-put`, a young key stays INVALID_AUTH until it is sent again. */
  readonly judged: "always" | "on-put";
  readonly unreachable: boolean;
  /** The phase for a refused key: `INVALID_AUTH`, `UNREACHABLE`, or an unknown one. */
  readonly rejectedPhase: string;
  /** The phase shown for each state; `null` omits the status. */
  readonly phases: Readonly<Partial<Record<State, string | null>>>;
  readonly detail: string | ((state: State, data: AuthData) => string);
  readonly resourceVersion: "moves" | "still" | "absent";
  readonly updatedAt: "moves" | "still" | "absent";
  /** The status for a PUT that has a `metadata` key. Without the key the PUT is accepted. */
  readonly refusesMetadata: 400 | 409 | 412 | undefined;
  /** A PUT is answered with 200 and an HTML page and changes nothing. */
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

/** The phase that a read shows for a state; `undefined` omits the status. */
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

/** When `data` was first accepted: `-Infinity` if it always was, `Infinity` if it is not at `at`. */
export function acceptedFrom(matcher: KeyMatcher, data: AuthData, at: number): number {
  if (typeof matcher === "function") return matcher(data, at) ? -Infinity : Infinity;
  const values = new Set(Object.values(data));
  const keys = matcher.map((key) => (typeof key === "string" ? { value: key, validFrom: -Infinity } : key));
  return Math.min(...keys.filter(({ value }) => values.has(value)).map(({ validFrom }) => validFrom));
}
