/** What a pushed key has come to, whatever word the API uses for it. */
export type State = "pending" | "ready" | "invalidAuth" | "unreachable";

export type AuthData = Readonly<Record<string, string>>;

/** A key that the connection's endpoint accepts from a moment on. */
export interface ValidKey {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
}

/** Decides whether the endpoint accepts pushed data: a list of which one value must be in the data, or a function. */
export type Judge = readonly (string | ValidKey)[] | ((data: AuthData, at: number) => boolean);

/** How a connection behaves. Each can be set for the server, an environment or a connection; the nearest wins. */
export interface Settings {
  readonly latencyMs: number;
  /** Requests are taken and never answered. */
  readonly hang: boolean;
  readonly forbidden: boolean;
  /** From an applied PUT to its verdict. */
  readonly timeToReadyMs: number;
  /** For so long after a PUT, reads still give the object as it was before. */
  readonly staleMs: number;
  readonly accepts: Judge;
  /** `on-put` keeps a young key's INVALID_AUTH until it is put again. */
  readonly judged: "always" | "on-put";
  readonly unreachable: boolean;
  /** The word shown for each state; `null` leaves the status out. */
  readonly phases: Readonly<Partial<Record<State, string | null>>>;
  readonly detail: string | ((state: State, data: AuthData) => string);
  readonly resourceVersion: "moves" | "still" | "absent";
  readonly updatedAt: "moves" | "still" | "absent";
  readonly putAnswer: "connection" | "empty";
}

export const DEFAULT_SETTINGS: Settings = {
  latencyMs: 0,
  hang: false,
  forbidden: false,
  timeToReadyMs: 0,
  staleMs: 0,
  accepts: () => true,
  judged: "always",
  unreachable: false,
  phases: {},
  detail: "",
  resourceVersion: "moves",
  updatedAt: "moves",
  putAnswer: "connection",
};

const PHASES: Readonly<Record<State, string>> = {
  pending: "PENDING",
  ready: "READY",
  invalidAuth: "INVALID_AUTH",
  unreachable: "UNREACHABLE",
};

export function phaseWord({ phases }: Settings, state: State): string | null {
  const word = phases[state];
  return word === undefined ? PHASES[state] : word;
}

/** The moment from which `data` is accepted: `-Infinity` if it always is, `Infinity` if it is not at `at`. */
export function acceptedFrom(judge: Judge, data: AuthData, at: number): number {
  if (typeof judge === "function") return judge(data, at) ? -Infinity : Infinity;
  const values = new Set(Object.values(data));
  const moments = judge.map((key) => (typeof key === "string" ? { value: key, validFrom: -Infinity } : key));
  return Math.min(...moments.filter(({ value }) => values.has(value)).map(({ validFrom }) => validFrom));
}
