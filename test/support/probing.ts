import { openWith } from "../../src/cli/probe/context.ts";
import { ExchangeLog } from "../../src/cli/probe/exchanges.ts";
import type { Step } from "../../src/cli/probe/observation.ts";
import { probe } from "../../src/cli/probe/probe.ts";
import { createProbeReport, type ProbeReport } from "../../src/cli/probe/report.ts";
import { runOptions } from "../../src/cli/run-options.ts";
import { readConfig } from "../../src/config/load.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { TextResolver } from "../../src/rotation/text-resolver.ts";
import type { Settings } from "../../src/sandbox/confluent/settings.ts";
import { GOOD_KEY, startVerdicts, type VerdictOptions } from "./verdicts.ts";
import type { World } from "./world.ts";

/** The one connection of `startProbing`. */
export const PROBED = "openai-1";

export interface ProbeSteps {
  readonly isBadKey?: boolean;
  readonly watchMs?: number;
  readonly showsNames?: boolean;
  readonly onStep?: (step: Step, interrupt: () => void) => void;
}

export interface Probing extends World {
  readonly probe: (steps?: ProbeSteps) => Promise<ProbeReport>;
}

/** One connection with a valid key, and `probe` for it, on a virtual clock. */
export async function startProbing(
  settings: Partial<Settings>,
  options: Partial<VerdictOptions> = {},
): Promise<Probing> {
  const world = await startVerdicts({ settings, key: GOOD_KEY, count: 1, ...options });
  return { ...world, probe: (steps = {}) => runProbe(world, steps) };
}

async function runProbe(world: World, steps: ProbeSteps): Promise<ProbeReport> {
  const { clock } = world;
  const { isBadKey = false, watchMs = 60_000, showsNames = false, onStep = () => undefined } = steps;
  const config = readConfig(world.configFile);
  const [connection] = config.connections;
  if (connection === undefined) throw new Error("There is no connection.");
  const exchanges = new ExchangeLog();
  const log = { bug: (error: unknown) => Promise.reject(error), note: () => undefined };
  const options = {
    ...runOptions(log, 0, new Redactor()),
    clock,
    random: () => 0.5,
    confluent: { faultRetryMs: 4_000 },
    onExchange: exchanges.add,
  };
  const open = openWith(config, connection, options);
  const interrupt = new AbortController();
  const startedAt = clock.now();
  const result = await probe({
    connection,
    watchMs,
    isBadKey,
    open,
    exchanges,
    clock,
    random: options.random,
    signal: interrupt.signal,
    onStep: (step) => onStep(step, () => interrupt.abort()),
  });
  const { requests, rateLimit } = exchanges;
  const facts = { config, connection, startedAt, endedAt: clock.now(), requests, rateLimit, showsNames };
  const { context, close } = open(clock.now() + 60_000);
  const texts = new TextResolver(context);
  return createProbeReport(result, { ...facts, interrupted: interrupt.signal.aborted }, texts).finally(close);
}
