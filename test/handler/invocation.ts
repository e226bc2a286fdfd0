import { createHandler } from "../../src/handler.ts";
import type { Report } from "../../src/rotation/report/report.ts";
import type { Line } from "../support/output.ts";
import { startWorld, type World, type WorldOptions } from "../support/world.ts";

export const SCHEDULE = { trigger: "schedule" };
export const KEY = "sk-new-key-0123456789";
export const REFUSED = "1 of 1 failed (rejected)";

/** A world with the connection `a`, whose key Confluent refuses by default. */
export async function worldOf(changes: Partial<WorldOptions> = {}): Promise<World> {
  const world = await startWorld({
    connections: [{ name: "a", secret: "openai" }],
    confluent: { accepts: [] },
    ...changes,
  });
  world.aws.putSecret("openai", KEY, { createdAt: world.clock.now() - 3_600_000 });
  return world;
}

export const wellWorld = (changes: Partial<WorldOptions> = {}) => worldOf({ confluent: {}, ...changes });

/** Invokes a handler with the given environment variables. */
export function invokeWith(
  world: World,
  env: Readonly<Record<string, string>>,
  event: unknown,
): Promise<Report> {
  const handler = createHandler({ env, clock: world.clock, random: () => 0.5 });
  return handler(event, { functionName: "rotator", getRemainingTimeInMillis: () => 900_000 });
}

export async function failure(run: Promise<Report>): Promise<Error> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (error instanceof Error) return error;
  throw new Error("The run did not fail.");
}

export function changeOf(world: World): unknown {
  const [event] = world.events.slice(-1);
  return event;
}

export const codesOf = (lines: readonly Line[]) => lines.flatMap(({ code }) => code ?? []);
export const lineOf = (lines: readonly Line[], wanted: string) => lines.find(({ code }) => code === wanted);
