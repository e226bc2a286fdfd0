import type { Connection } from "../../src/rotation/connection.ts";
import type { EnvironmentApi, RotationSettings, RunContext } from "../../src/rotation/dependencies.ts";
import { plan, type Trigger } from "../../src/rotation/plan.ts";
import { rotate } from "../../src/rotation/rotate.ts";
import { StatementRecorder } from "../../src/rotation/statements/recorder.ts";
import { connection, HOUR_MS, NOW } from "./builders.ts";
import { type FakeWorldOptions, fakeWorld } from "./fake-world.ts";

export interface RunOptions extends FakeWorldOptions {
  readonly connections?: readonly Partial<Connection>[];
  readonly settings?: Partial<RotationSettings>;
  readonly trigger?: Trigger;
  readonly context?: Partial<RunContext>;
  /** Replaces calls of Confluent's API. */
  readonly api?: (real: EnvironmentApi) => Partial<EnvironmentApi>;
}

/** A world with connections of one secret, which has been current for an hour, and a run over them. */
export function openRun(options: RunOptions = {}) {
  const { connections = [{ name: "a" }], settings, trigger = { kind: "schedule" } } = options;
  const world = fakeWorld(options);
  const listed = connections.map((changes) => connection({ secret: "openai", ...changes }));
  world.secrets.add("openai", { versionId: "v0", value: "sk-0", at: NOW - 2 * HOUR_MS });
  world.secrets.add("openai", { versionId: "v1", value: "sk-1", at: NOW - HOUR_MS });
  const connect: RunContext["connect"] = (...args) => {
    const real = world.context.connect(...args);
    return { ...real, ...options.api?.(real) };
  };
  const run = (changes: Partial<RunContext> = {}) =>
    rotate(
      {
        ...world.context,
        connect,
        trigger,
        settings: { ...world.context.settings, ...settings },
        ...options.context,
        ...changes,
      },
      plan(trigger, listed),
      new StatementRecorder(),
    );
  const add = world.confluent.add.bind(world.confluent);
  return { ...world, run, add, valueIn: (name: string) => world.confluent.connection(name).data["API_KEY"] };
}
