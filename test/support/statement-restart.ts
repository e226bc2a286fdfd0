import type { RunContext } from "../../src/rotation/dependencies.ts";
import { RotationError, UnknownResultError } from "../../src/rotation/errors.ts";
import { type StatementEntry, StatementRecorder } from "../../src/rotation/statements/recorder.ts";
import { Restart } from "../../src/rotation/statements/restart.ts";
import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { type FakeWorld, fakeWorld } from "./fake-world.ts";
import { type ReplacedStatements, statementSession } from "./statement-session.ts";

/** The name of the restarted statement. */
export const NAME = "orders";
const POLICY = { report: false, restart: [NAME], resumeCommand: "confluent flink statement resume" };

export const unknownResult = () => Promise.reject(new UnknownResultError("service", "No answer came."));
export const refused = () => Promise.reject(new RotationError("service", "Confluent answered 500."));

interface Options {
  /** The behaviour of statements after this one has started. */
  readonly settings?: Partial<StatementSettings>;
  /** The statement has failed before the run. */
  readonly hasFailed?: boolean;
  readonly computePool?: string;
  readonly remainingMs?: number;
  readonly api?: ReplacedStatements;
  readonly context?: Partial<RunContext>;
}

interface Restarted extends Pick<FakeWorld, "notes" | "bugs"> {
  /** The final entry in the report. */
  readonly entry: StatementEntry | undefined;
  /** The entry at each request to stop or resume the statement. */
  readonly asked: readonly (readonly ["stop" | "resume", StatementEntry["action"] | undefined])[];
  readonly phases: readonly string[];
  /** The names of all remaining statements. */
  readonly left: readonly string[];
  readonly seconds: number;
}

/** Restarts a statement, for which the service needs three seconds. */
export async function restartStatement(options: Options = {}): Promise<Restarted> {
  const { settings, hasFailed = false, computePool, remainingMs = 600_000, api } = options;
  const world = fakeWorld({ remainingMs });
  const { clock, confluent, notes, bugs } = world;
  confluent.add("openai");
  const stored = confluent.statements;
  const spec = { name: NAME, sql: "INSERT INTO a SELECT ML_PREDICT('openai', b) FROM c" };
  stored.configure({ failure: hasFailed ? "The key was refused." : "" });
  stored.add({ ...spec, ...(computePool !== undefined && { computePool }) }, clock.now());
  stored.configure({ stopMs: 2_000, pendingMs: 1_000, failure: "", ...settings });
  const recorder = new StatementRecorder();
  const asked: Restarted["asked"][number][] = [];
  const session = statementSession(world, (real) => {
    const replaced = { ...real, ...api?.(real) };
    return {
      ...replaced,
      setStopped: (name, stopped) => {
        asked.push([stopped ? "stop" : "resume", recorder.entries()[0]?.action]);
        return replaced.setStopped(name, stopped);
      },
    };
  });
  const statement = await statementSession(world).api.statements.get(NAME);
  if (statement === undefined) throw new Error("The statement is missing.");
  const statements = new Map([["prod", POLICY]]);
  const context = {
    ...world.context,
    settings: { ...world.context.settings, statements },
    ...options.context,
  };
  const entry = { environment: "prod", name: NAME, phase: statement.phase, connections: ["openai"] };
  const startedAt = clock.now();
  await new Restart(context, session, { entry, statement }, recorder).run();
  return {
    entry: recorder.entries()[0],
    asked,
    phases: stored.get(NAME).inspect(clock.now()).phases,
    left: stored.names,
    seconds: (clock.now() - startedAt) / 1_000,
    notes,
    bugs,
  };
}

/** Shows these phases of the statement, one per read after a request to stop or resume it; the last one remains. */
export function showing(request: "stop" | "resume", phases: readonly string[]): ReplacedStatements {
  return (real) => {
    let left: readonly string[] | undefined;
    return {
      setStopped: async (name, stopped) => {
        left ??= stopped === (request === "stop") ? phases : undefined;
        await real.setStopped(name, stopped);
      },
      get: async (name) => {
        const state = await real.get(name);
        const [phase = "", ...others] = left ?? [];
        if (state === undefined || name !== NAME || phase === "") return state;
        if (others.length > 0) left = others;
        return { ...state, phase };
      },
    };
  };
}
