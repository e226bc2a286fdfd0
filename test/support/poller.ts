import { type PollCheck, Poller } from "../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../src/rotation/polling/schedule.ts";
import { flinkApiKey, NOW } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeConfluent, type FakeOptions } from "./fake-confluent.ts";

/** A verdict as soon as the phase is READY. */
export const readyWhenSeen: PollCheck = {
  hasJudged: true,
  nextReadAt: () => undefined,
  verdictOn: ({ phase }) => (phase === "READY" ? "ready" : undefined),
};
export const never: PollCheck = { ...readyWhenSeen, verdictOn: () => undefined };

/** The names of the first connections of `openPoller`. */
export function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

/**
 * A poller of connections whose last PUT was at the start, one for each time to READY.
 * @param expected the number of connections to update.
 */
export function openPoller(
  timesToReadyMs: readonly number[],
  options: Omit<FakeOptions, "clock"> = {},
  expected = 0,
) {
  const clock = new FakeClock(NOW);
  const confluent = new FakeConfluent({ clock, ...options });
  for (const [index, timeToReadyMs] of timesToReadyMs.entries())
    confluent.add(`c${index}`, { timeToReadyMs }).put({ API_KEY: "new" }, undefined, NOW);
  const poller = new Poller(
    new ConnectionReader(confluent.api(flinkApiKey())),
    clock,
    new PollSchedule(expected),
  );
  const watch = async (name: string, { check = readyWhenSeen, forMs = 60_000 } = {}) => {
    const phases: string[] = [];
    const onPhase = (phase: string) => phases.push(phase);
    const watched = await poller.waitUntilSettled({
      name,
      check,
      startedAt: clock.now(),
      untilAt: clock.now() + forMs,
      onPhase,
    });
    return { ...watched, afterMs: clock.now() - NOW, phases };
  };
  return { clock, confluent, watch };
}
