import type { RunDependencies } from "../../rotation/dependencies.ts";
import { RotationError } from "../../rotation/errors.ts";
import { currentVersion } from "../../rotation/versions.ts";
import { counted } from "../../rotation/wording.ts";
import type { CommandContext } from "../context.ts";
import { suggestion } from "../suggestion.ts";
import type { EnvironmentOptions } from "./environment-options.ts";
import { type AskText, fitSecret } from "./fit.ts";
import type { FoundConnection, SecretChoice } from "./found.ts";
import { likelySecret } from "./secret-names.ts";

/** A function that asks on a terminal, or `undefined` without one. */
export function asker({ ask, isInteractive, err }: CommandContext): AskText | undefined {
  if (!isInteractive) return undefined;
  return async (question, initial) => {
    const answer = await ask(
      `${err.paint("bold", question)}${initial === undefined ? "" : ` [${initial}]`}: `,
    );
    return answer?.trim() || (answer === undefined ? undefined : (initial ?? ""));
  };
}

/** Asks for each missing option, again after an empty line. */
export async function askEnvironment(
  options: EnvironmentOptions,
  names: readonly string[] | undefined,
  ask: AskText,
): Promise<EnvironmentOptions> {
  const askAgain: AskText = async (question, initial) => {
    const text = await ask(question, initial);
    return text === "" ? askAgain(question, initial) : text;
  };
  const answer = async (given: string | undefined, question: string, initial?: string) =>
    given ?? (await askAgain(question, initial)) ?? "";
  const organization = await answer(
    options.organization,
    "Organization id (Confluent Cloud: Organization settings)",
  );
  const environment = await answer(options.environment, "Environment id, such as env-a1b2c3");
  const place =
    options.restEndpoint !== undefined || (options.cloud && options.region)
      ? {}
      : await askPlace(options, answer);
  const apiKeySecret = await askSecret(
    options.apiKeySecret,
    { question: "Secret with the Flink API key of this environment", initial: flinkSecret(names), names },
    askAgain,
  );
  const name = await answer(
    options.name,
    "Name of this environment in connections.json",
    nameFrom(apiKeySecret, environment),
  );
  return { ...options, ...place, organization, environment, apiKeySecret, name };
}

async function askPlace(
  options: EnvironmentOptions,
  answer: (given: string | undefined, question: string, initial?: string) => Promise<string>,
): Promise<EnvironmentOptions> {
  const cloud = await answer(
    options.cloud,
    "Cloud (aws, azure, gcp), or the URL of a private endpoint",
    "aws",
  );
  if (/^https?:/.test(cloud)) return { restEndpoint: cloud, cloud: undefined };
  return { cloud, region: await answer(options.region, "Region, such as us-west-2") };
}

function flinkSecret(names: readonly string[] | undefined): string | undefined {
  const likely = names?.filter((name) => /flink|confluent/i.test(name)) ?? [];
  return likely.length === 1 ? likely[0] : undefined;
}

/** `prod/confluent-key` suggests `prod`. */
function nameFrom(secret: string, environmentId: string): string {
  const [first = "", second] = secret.split("/");
  return second !== undefined && /^[a-z][\w-]*$/i.test(first) ? first : environmentId;
}

interface SecretQuestion {
  readonly question: string;
  readonly initial: string | undefined;
  readonly names: readonly string[] | undefined;
}

/** Asks until the answer is an existing secret, if the secrets can be listed. */
async function askSecret(
  given: string | undefined,
  { question, initial, names }: SecretQuestion,
  ask: AskText,
): Promise<string> {
  if (given !== undefined) return given;
  let prompt = question;
  for (;;) {
    const answer = await ask(prompt, initial);
    if (answer === undefined || answer === "" || answer === "-") return "";
    if (names === undefined || names.includes(answer) || answer.startsWith("arn:")) return answer;
    prompt =
      answer === "?"
        ? `${names.join(", ")}\n${question}`
        : `There is no secret "${answer}". ${suggestion(answer, names)}\n${question}`;
  }
}

interface Interview {
  readonly clients: RunDependencies;
  /** The names of the account's secrets; absent if they cannot be listed. */
  readonly names: readonly string[] | undefined;
  /** Absent without a terminal. */
  readonly ask: AskText | undefined;
  readonly context: CommandContext;
}

interface Chosen {
  readonly secrets: ReadonlyMap<string, SecretChoice>;
  /** The problems of the chosen secrets. */
  readonly problems: readonly string[];
}

/** The secret of each connection and the place of the credentials in it, from the options or from answers. */
export async function chooseSecrets(
  found: readonly FoundConnection[],
  given: ReadonlyMap<string, string>,
  { clients, names, ask, context }: Interview,
): Promise<Chosen> {
  const secrets = new Map<string, SecretChoice>();
  const problems: string[] = [];
  const open = found.filter(({ name }) => !given.has(name));
  if (ask !== undefined && open.length > 0)
    context.err.print(
      "",
      `${counted(open.length, "connection")}. Enter accepts the value in brackets, - skips a secret, ? lists the secrets.`,
    );
  for (const connection of found) {
    const { name, type } = connection;
    const secret = await secretOf(connection, given, { names, ask, earlier: secrets });
    if (secret === "") continue;
    const { choice, problem } = await fittedSecret(connection, secret, clients, ask);
    secrets.set(name, choice);
    if (problem !== undefined) problems.push(`${name} (${type}): ${problem}`);
  }
  return { secrets, problems };
}

function secretOf(
  { name, type }: FoundConnection,
  given: ReadonlyMap<string, string>,
  {
    names,
    ask,
    earlier,
  }: Pick<Interview, "names" | "ask"> & { readonly earlier: ReadonlyMap<string, SecretChoice> },
): Promise<string> {
  const secret = given.get(name);
  if (secret !== undefined || ask === undefined) return Promise.resolve(secret ?? "");
  const used = [...earlier.values()].map((each) => each.secret);
  const initial = likelySecret({ name, type }, names ?? used);
  return askSecret(undefined, { question: `${name} (${type}): secret`, initial, names }, ask);
}

async function fittedSecret(
  connection: FoundConnection,
  secret: string,
  clients: RunDependencies,
  ask: AskText | undefined,
): Promise<{ choice: SecretChoice; problem?: string }> {
  try {
    const { value } = await currentVersion(clients, secret);
    return await fitSecret(connection, secret, value, ask);
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    return { choice: { secret }, problem: error.message };
  }
}
