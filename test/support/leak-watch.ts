import { afterEach, expect } from "vitest";
import type { AwsSandbox } from "../../src/sandbox/aws/server.ts";
import {
  type ProvidersOptions,
  type ProvidersSandbox,
  startProviders,
} from "../../src/sandbox/providers/server.ts";
import { everythingOf, WindowSearch } from "./leaks.ts";

/** Shorter texts may be ordinary words. */
const MIN_SECRET_LENGTH = 12;

const secrets = new Set<string>();
const alerts: AwsSandbox["published"][] = [];
/** By where it came from: a secret may arrive in two pieces. */
const seen = new Map<unknown, string>();

/** The stand-in, with every value that is put into it known as a secret from now on. */
export function watchAws(aws: AwsSandbox): AwsSandbox {
  alerts.push(aws.published);
  return {
    ...aws,
    putSecret: (name, value, options) => {
      if (value !== undefined) addSecret(Buffer.from(value).toString());
      return aws.putSecret(name, value, options);
    },
  };
}

/** The providers' stand-in, with every token that it issues known as a secret. */
export function startWatchedProviders(options: Omit<ProvidersOptions, "onToken">): Promise<ProvidersSandbox> {
  return startProviders({ ...options, onToken: (token) => void secrets.add(token) });
}

/** Every text in a secret, and the credentials of a Basic header if it is an API key. */
function addSecret(value: string): void {
  const texts = textsIn(value).filter(({ length }) => length >= MIN_SECRET_LENGTH);
  for (const text of texts) secrets.add(text);
  for (const key of texts)
    for (const other of texts.filter((text) => text !== key))
      secrets.add(Buffer.from(`${key}:${other}`).toString("base64"));
}

/** A text that leaves the process: a part of its log, what a command prints. @param source continues what it gave before. */
export function recordOutput(text: string, source: unknown = {}): void {
  seen.set(source, `${seen.get(source) ?? ""}${text}`);
}

/** What a run returns or throws: the report, or an error with all that can be seen of it. */
export async function recordResult<T>(running: Promise<T>): Promise<T> {
  try {
    const result = await running;
    recordOutput(everythingOf(result));
    return result;
  } catch (error) {
    recordOutput(everythingOf(error));
    throw error;
  }
}

/** Everything that has left the process during this test. */
export function outputSoFar(): string {
  return [...seen.values(), ...alerts.map((published) => everythingOf(published()))].join("\n");
}

/** The secrets of which twelve characters in a row have left the process during this test, in any form. */
export function leaksSoFar(): string[] {
  return secrets.size === 0 ? [] : new WindowSearch([...secrets]).leaksIn(outputSoFar());
}

/** Forgets what has left the process, after a leak on purpose. */
export function forgetOutput(): void {
  alerts.length = 0;
  seen.clear();
}

afterEach(() => {
  const leaks = leaksSoFar();
  secrets.clear();
  forgetOutput();
  expect(leaks, "secrets of which a part has left the process").toEqual([]);
});

/** The process writes its log here. Lines of JSON are only recorded: nobody reads them in the output of the tests. */
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    recordOutput(text, stream);
    return text.startsWith("{") || Reflect.apply(write, stream, [chunk, ...rest]);
  };
}
process.env["POWERTOOLS_LOG_LEVEL"] = "TRACE";
process.env["POWERTOOLS_METRICS_DISABLED"] = "false";

/** Where a database or a token endpoint is: no secret, and needed in an alert. */
const PLACES = ["host", "token_uri", "tokenEndpoint"];

/** The texts in JSON at any depth; of JSON that is broken, what is between its quotes. */
function textsIn(text: string): string[] {
  if (!/^\s*[{[]/.test(text)) return [text];
  try {
    return leavesOf(JSON.parse(text));
  } catch {
    return text.split(/[{}"]/);
  }
}

function leavesOf(value: unknown): string[] {
  if (typeof value === "string") return textsIn(value);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (PLACES.includes(key) ? [] : leavesOf(inner)));
}
