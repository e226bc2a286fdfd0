import { patientApi } from "./access.ts";
import type { Connection } from "./connection.ts";
import { OutOfTimeError, RotationError } from "./errors.ts";
import { GroupRotation, type GroupRun } from "./group.ts";
import { Lookout, type Sight } from "./observe.ts";
import { type Finding, findingOf, type Outcome, toOutcome } from "./outcome.ts";
import type { ApiKey, ConnectionsApi, Outside, SecretVersion } from "./outside.ts";
import type { SecretGroup, Trigger } from "./plan.ts";
import type { Lane } from "./push.ts";
import { announcedVersion, currentVersion } from "./versions.ts";
import { Watcher } from "./watch.ts";

/** How long after the deadline a contact that does not keep to it may hold the run up, in milliseconds. */
const OVERTIME_MS = 500;

export interface Settings {
  readonly canary: boolean;
  readonly onRejected: "keep" | "rollback";
  readonly readyTimeoutMs: number;
  readonly graceMs: number;
  readonly refresh: "always" | "when-stale";
  readonly propagationLabel?: string;
  /** The secret with our own API key, by environment. */
  readonly apiKeySecrets: ReadonlyMap<string, string>;
}

export interface Work {
  readonly trigger: Trigger;
  readonly groups: readonly SecretGroup[];
}

/**
 * Puts the secrets' current values into the connections and watches until each has a verdict or the time is up.
 * Throws for nothing that happens to a connection: there is exactly one outcome for each.
 */
export async function rotate(outside: Outside, settings: Settings, work: Work): Promise<readonly Outcome[]> {
  const outcomes = new Map<Connection, Outcome>();
  const over = new AbortController();
  const record = (connection: Connection, finding: Finding, version?: SecretVersion): void => {
    if (over.signal.aborted) return;
    const outcome = scrubbed(toOutcome(connection, finding), outside);
    outcomes.set(connection, outcome);
    outside.progress({
      step: "done",
      connection,
      outcome,
      ...(version && { secretCreatedAt: version.createdAt }),
    });
  };
  const overtimeMs = outside.deadlineAt + OVERTIME_MS - outside.clock.now();
  await Promise.race([
    rotateAll({ outside, settings, work, record }),
    outside.clock.sleep(overtimeMs, over.signal),
  ]);
  const late = findingOf(
    new OutOfTimeError("The run's time was up before the outcome was known."),
    "not-attempted",
  );
  const connections = work.groups.flatMap((group) => group.connections);
  for (const connection of connections) if (!outcomes.has(connection)) record(connection, late);
  over.abort();
  return connections.flatMap((connection) => outcomes.get(connection) ?? []);
}

/** Without what a server may have quoted in a text, or a secret's value may have in common with one of ours. */
function scrubbed(outcome: Outcome, { scrubber }: Outside): Outcome {
  const { message, detail, phase, requestId } = outcome;
  const texts = Object.entries({ message, detail, phase, requestId });
  const clean = texts.flatMap(([key, text]) => (text === undefined ? [] : [[key, scrubber.scrub(text)]]));
  return { ...outcome, ...Object.fromEntries(clean) };
}

interface Run {
  readonly outside: Outside;
  readonly settings: Settings;
  readonly work: Work;
  readonly record: (connection: Connection, finding: Finding, version?: SecretVersion) => void;
}

async function rotateAll(run: Run): Promise<void> {
  const { settings, work } = run;
  const versions = work.groups.map((group) => attempt(run, () => firstVersion(run, group)));
  const ways = await openWays(run);
  const wayOf = ({ environment }: Connection) =>
    orThrow(ways.get(environment) ?? new RotationError("internal", `No way into ${environment}.`));
  const groupRun: GroupRun = {
    outside: run.outside,
    lane: (connection) => wayOf(connection).lane,
    sight: (connection) => orThrow(wayOf(connection).sights.get(connection.name)),
    record: run.record,
    canary: settings.canary,
    rollback: settings.onRejected === "rollback",
    dryRun: work.trigger.kind === "direct" && work.trigger.dryRun === true,
    skipPropagated: work.trigger.kind === "schedule" && settings.refresh === "when-stale",
    ...(settings.propagationLabel !== undefined && { propagationLabel: settings.propagationLabel }),
  };
  await Promise.all(
    work.groups.map(async (group, index) => {
      const version = await versions[index];
      const end =
        version instanceof RotationError || version === undefined
          ? version
          : await attempt(run, () => new GroupRotation(groupRun, group).rotate(version));
      if (end instanceof RotationError)
        for (const connection of group.connections) run.record(connection, findingOf(end));
    }),
  );
}

function firstVersion({ outside, work }: Run, { secret }: SecretGroup): Promise<SecretVersion> {
  const { trigger } = work;
  return trigger.kind === "secret-change" && trigger.versionId !== undefined
    ? announcedVersion(outside, secret, trigger.versionId)
    : currentVersion(outside, secret);
}

/** How the connections of one environment are reached, and what was seen of them at first. */
interface Way {
  readonly lane: Lane;
  readonly sights: ReadonlyMap<string, Sight>;
}

async function openWays(run: Run): Promise<ReadonlyMap<string, Way | RotationError>> {
  const connections = run.work.groups.flatMap((group) => group.connections);
  const apiKeys = new Map<string, Promise<SecretVersion>>();
  const ways = [...Map.groupBy(connections, ({ environment }) => environment)].map(
    async ([environment, inside]) => {
      const way = await attempt(run, () =>
        openWay(run, { environment, names: inside.map(({ name }) => name), apiKeys }),
      );
      return [environment, way] as const;
    },
  );
  return new Map(await Promise.all(ways));
}

interface Entrance {
  readonly environment: string;
  readonly names: readonly string[];
  /** The first reading of each API key secret, which several environments may share. */
  readonly apiKeys: Map<string, Promise<SecretVersion>>;
}

async function openWay({ outside, settings }: Run, { environment, names, apiKeys }: Entrance): Promise<Way> {
  const secretId = settings.apiKeySecrets.get(environment) ?? "";
  const firstReading = apiKeys.get(secretId) ?? currentVersion(outside, secretId);
  apiKeys.set(secretId, firstReading);
  let isFirst = true;
  const read = (): Promise<SecretVersion> => {
    const reading = isFirst ? firstReading : currentVersion(outside, secretId);
    isFirst = false;
    return reading;
  };
  const connect = (apiKey: ApiKey): ConnectionsApi => outside.connections(environment, apiKey);
  const { clock, deadlineAt } = outside;
  const api = patientApi({ clock, secretId, read, connect, graceMs: settings.graceMs, deadlineAt });
  const sights = new Map<string, Sight>();
  const lookout = new Lookout(api);
  await lookout.look(names, (name, sight) => sights.set(name, sight));
  return {
    lane: {
      outside,
      api,
      watcher: new Watcher(lookout, clock),
      readyTimeoutMs: settings.readyTimeoutMs,
      graceMs: settings.graceMs,
    },
    sights,
  };
}

/** The result, or the error as a value; an error that no policy knows is logged and becomes `internal`. */
async function attempt<T>({ outside }: Run, work: () => Promise<T>): Promise<T | RotationError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RotationError) return error;
    outside.log.bug(error);
    return new RotationError("internal", "The rotator met an error that it does not know.");
  }
}

function orThrow<T>(result: T | RotationError): T {
  if (result instanceof RotationError) throw result;
  return result;
}
