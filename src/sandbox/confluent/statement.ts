import { ApiError } from "./responses.ts";
import { type AuthData, acceptedFrom, type Settings } from "./settings.ts";

/** The behaviour of an environment's statements. */
export interface StatementSettings {
  /** Every request about statements is answered with 403. */
  readonly forbidden: boolean;
  /** How long a new or resumed statement is PENDING. */
  readonly pendingMs: number;
  /** How long a bounded statement runs. */
  readonly runMs: number;
  /** How long a statement is STOPPING. */
  readonly stopMs: number;
  /** The detail with which each new or resumed statement fails; empty if they do not fail. */
  readonly failure: string;
  /** The detail of a statement whose provider refuses the key. */
  readonly refusal: string;
  /** Whether statements show the connections that they use. */
  readonly showsConnections: boolean;
}

export const DEFAULT_STATEMENT_SETTINGS: StatementSettings = {
  forbidden: false,
  pendingMs: 0,
  runMs: 0,
  stopMs: 0,
  failure: "",
  refusal: "ModelRuntime received bad response code 403. Please check the connection.",
  showsConnections: true,
};

export interface StatementSpec {
  readonly name: string;
  readonly sql: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly computePool?: string;
  readonly principal?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A connection with the data that a statement started with. */
interface UsedConnection {
  readonly name: string;
  readonly data: AuthData;
}

/** The environment of a statement. */
export interface StatementContext {
  readonly settings: () => StatementSettings;
  /** The connections whose names occur in the SQL, with their current data. */
  readonly connectionsIn: (sql: string) => readonly UsedConnection[];
  readonly settingsOf: (connection: string) => Pick<Settings, "accepts"> | undefined;
}

/** A statement for tests and the demo. */
export interface InspectedStatement extends StatementSpec {
  readonly phase: string;
  readonly detail: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
  readonly isStopped: boolean;
  /** The used connections, with the data at its start. */
  readonly uses: readonly UsedConnection[];
  /** Every phase so far, the oldest first. */
  readonly phases: readonly string[];
}

interface Step {
  readonly at: number;
  readonly phase: string;
  readonly detail?: string;
}

/** One stored statement. It uses the connections whose names occur in its SQL, with the data at its start. */
export class StoredStatement {
  readonly spec: StatementSpec;
  readonly #context: StatementContext;
  readonly #createdAt: number;
  readonly #steps: Step[] = [];
  #updatedAt: number;
  #version = 1;
  #isStopped = false;
  #isJudged = false;
  #uses: readonly UsedConnection[] = [];

  constructor(spec: StatementSpec, context: StatementContext, now: number) {
    this.spec = spec;
    this.#context = context;
    this.#createdAt = now;
    this.#updatedAt = now;
    this.#start(now);
  }

  inspect(now: number): InspectedStatement {
    this.#advance(now);
    const { phase, detail = "" } = this.#current(now);
    return {
      ...this.spec,
      phase,
      detail,
      createdAt: this.#createdAt,
      updatedAt: this.#updatedAt,
      version: this.#version,
      isStopped: this.#isStopped,
      uses: this.#uses,
      phases: this.#steps.filter(({ at }) => at <= now).map((step) => step.phase),
    };
  }

  /** @throws ApiError 409 while the statement is being stopped. */
  setStopped(stopped: boolean, now: number): void {
    this.#advance(now);
    const { phase } = this.#current(now);
    if (phase === "STOPPING") throw new ApiError(409, "The statement is being stopped.");
    this.#isStopped = stopped;
    this.#touch(now);
    if (!stopped && (phase === "STOPPED" || phase === "FAILED")) this.#start(now);
    if (stopped && (phase === "RUNNING" || phase === "PENDING")) {
      this.#forget(now);
      const stoppedAt = now + this.#context.settings().stopMs;
      this.#steps.push({ at: now, phase: "STOPPING" }, { at: stoppedAt, phase: "STOPPED" });
    }
  }

  get #isBounded(): boolean {
    return this.spec.properties?.["sql.snapshot.mode"] === "now";
  }

  /** A statement resolves its connections when it starts. */
  #start(now: number): void {
    const { pendingMs, runMs, failure } = this.#context.settings();
    this.#uses = this.#context.connectionsIn(this.spec.sql);
    this.#isJudged = false;
    const runsAt = now + pendingMs;
    const endsAt = runsAt + runMs;
    this.#steps.push({ at: now, phase: "PENDING" }, { at: runsAt, phase: "RUNNING" });
    if (failure !== "") this.#steps.push({ at: endsAt, phase: "FAILED", detail: failure });
    else if (this.#isBounded) this.#steps.push({ at: endsAt, phase: "COMPLETED" });
  }

  /** A refused key makes the statement fail: a bounded one at its end, any other at once. */
  #advance(now: number): void {
    const { phase, at } = this.#current(now);
    const isOver = phase === "COMPLETED" && !this.#isJudged;
    if (!isOver && (phase !== "RUNNING" || this.#isBounded)) return;
    this.#isJudged = isOver;
    const judgedAt = isOver ? at : now;
    if (this.#uses.every((each) => this.#isAccepted(each, judgedAt))) return;
    if (isOver) this.#steps.pop();
    this.#steps.push({ at: judgedAt, phase: "FAILED", detail: this.#context.settings().refusal });
    this.#touch(judgedAt);
  }

  #isAccepted({ name, data }: UsedConnection, at: number): boolean {
    const settings = this.#context.settingsOf(name);
    return settings === undefined || acceptedFrom(settings.accepts, data, at) <= at;
  }

  #current(now: number): Step {
    return this.#steps.findLast(({ at }) => at <= now) ?? { at: now, phase: "PENDING" };
  }

  #forget(now: number): void {
    const next = this.#steps.findIndex(({ at }) => at > now);
    if (next >= 0) this.#steps.splice(next);
  }

  #touch(now: number): void {
    this.#updatedAt = now;
    this.#version += 1;
  }
}
