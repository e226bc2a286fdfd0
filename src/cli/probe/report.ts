import type { Config } from "../../config/load.ts";
import type { Connection } from "../../rotation/connection.ts";
import type { KeyAnswer } from "../../rotation/provider-check.ts";
import type { ShownTexts, TextResolver, Texts } from "../../rotation/text-resolver.ts";
import { VERSION } from "../../version.ts";
import type { PutExchange, RateLimitHeader } from "./exchanges.ts";
import type { StatementsFound } from "./inquiries.ts";
import type { Observation, ProbedKey } from "./observation.ts";
import type { ProbeResult } from "./probe.ts";
import { type ProposedSetting, proposeSettings } from "./settings.ts";
import type { Seen } from "./timeline.ts";
import { findWorld, type SeenByKey, type World } from "./world.ts";

/** The output of `--json`. It contains no secret and, without `--names`, no name, id or address. */
export interface ProbeReport {
  readonly outcome: "succeeded" | "failed";
  readonly version: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly requests: number;
  readonly interrupted: boolean;
  readonly connection: { readonly environment: string; readonly name: string; readonly type: string };
  readonly world: World;
  readonly settings: readonly ProposedSetting[];
  readonly puts: readonly ReportedPut[];
  readonly rateLimit: Readonly<Partial<Record<RateLimitHeader, string>>>;
  /** Whether the environment's statements can be listed, and how many name this connection in `connection_refs`. */
  readonly statementList?: StatementsReport;
  /** The provider's verdict on the current key, and the reason if it is not `valid`. */
  readonly providerAnswer?: { readonly verdict: KeyAnswer["verdict"]; readonly reason?: string };
  /** Whether the current key was restored after the invalid one; absent if no invalid key was sent. */
  readonly restored?: boolean;
}

type StatementsReport =
  | Extract<StatementsFound, { listed: true }>
  | { readonly listed: false; readonly httpStatus?: number; readonly message: string };

export interface ReportedPut extends Partial<Omit<Seen, "phases">> {
  readonly key: ProbedKey;
  /** The PUTs until one was accepted. */
  readonly exchanges: readonly PutExchange[];
  readonly phases: readonly ReportedPhase[];
  /** Why the PUT was not accepted. */
  readonly message?: string;
  readonly detail?: string;
}

interface ReportedPhase {
  readonly afterMs: number;
  readonly phase: string;
  readonly detail?: string;
}

interface ReportFacts {
  readonly config: Config;
  readonly connection: Connection;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly requests: number;
  readonly interrupted: boolean;
  readonly rateLimit: ProbeReport["rateLimit"];
  readonly showsNames: boolean;
}

export async function createProbeReport(
  { observations, inquiries, restored }: ProbeResult,
  facts: ReportFacts,
  texts: Pick<TextResolver, "resolve">,
): Promise<ProbeReport> {
  const { config, connection, startedAt, endedAt, requests, interrupted, rateLimit } = facts;
  const mask = facts.showsNames ? (text: string) => text : maskOf(facts);
  const { name, environment, type } = connection;
  const found = worldOf(observations);
  const isUnproven = observations[0]?.seen === undefined || found.world === "refused";
  const show = async (found: Texts) => masked(await texts.resolve(found, connection), mask);
  const puts = observations.map((each) => reportPut(each, show));
  return {
    outcome: isUnproven || restored === false ? "failed" : "succeeded",
    version: VERSION,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.round(endedAt - startedAt),
    requests,
    interrupted,
    connection: facts.showsNames ? { environment, name, type } : { environment: MASK, name: MASK, type },
    world: found.world,
    settings: observations[0]?.seen === undefined ? [] : proposeSettings(found, config),
    puts: await Promise.all(puts),
    rateLimit,
    ...(inquiries && { statementList: await reportStatements(inquiries.statements, show) }),
    ...(inquiries && { providerAnswer: reportProvider(inquiries.provider) }),
    ...(restored !== undefined && { restored }),
  };
}

function worldOf(observations: readonly Observation[]): ReturnType<typeof findWorld> {
  const seen = Object.fromEntries(observations.flatMap((each) => (each.seen ? [[each.key, each.seen]] : [])));
  const { current, ...others } = seen as Partial<SeenByKey>;
  return current === undefined ? { world: "unclear" } : findWorld({ current, ...others });
}

type Show = (texts: Texts) => Promise<ShownTexts>;

function masked(texts: ShownTexts, mask: (text: string) => string): ShownTexts {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, mask(text)]));
}

async function reportStatements(found: StatementsFound, show: Show): Promise<StatementsReport> {
  if (found.listed) return found;
  const { message = "" } = await show({ message: found.message });
  return { ...found, message };
}

function reportProvider(answer: KeyAnswer): NonNullable<ProbeReport["providerAnswer"]> {
  switch (answer.verdict) {
    case "unknown":
      return { verdict: answer.verdict, reason: answer.reason };
    case "refused":
      return { verdict: answer.verdict, reason: answer.code };
    case "valid":
    case "not-asked":
      return { verdict: answer.verdict };
  }
}

async function reportPut({ key, exchanges, seen, error }: Observation, show: Show): Promise<ReportedPut> {
  const phases = (seen?.phases ?? []).map(async ({ detail, ...phase }) => ({
    ...phase,
    ...(detail && (await show({ detail }))),
  }));
  const detail = error?.response.detail;
  const failure = error && (await show({ message: error.text, ...(detail && { detail }) }));
  return { key, exchanges, ...seen, phases: await Promise.all(phases), ...failure };
}

const MASK = "[masked]";

/** Shorter names are ordinary words as well. */
const MIN_MASKED_LENGTH = 4;

/** Masks names, ids and addresses that identify the connection. */
function maskOf({ config, connection }: ReportFacts): (text: string) => string {
  const environment = config.environments.get(connection.environment);
  const { organizationId = "", environmentId = "", restEndpoint = "", apiKeySecret = "" } = environment ?? {};
  const host = URL.parse(restEndpoint)?.host ?? "";
  const endpointHost = URL.parse(connection.endpoint ?? "")?.host ?? "";
  const { name, environment: environmentName, secret } = connection;
  const words = [
    organizationId,
    environmentId,
    host,
    endpointHost,
    apiKeySecret,
    secret,
    name,
    environmentName,
  ]
    .filter(({ length }) => length >= MIN_MASKED_LENGTH)
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/\W/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\w-])(?:${words.join("|")})(?![\\w-])`, "g");
  return (text) => (words.length === 0 ? text : text.replace(pattern, MASK));
}
