import { expect } from "vitest";
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
/** Output by source, because a secret may arrive in two pieces. */
const seen = new Map<unknown, string>();

/** Watches a stand-in for AWS: every value stored in it is treated as a secret. */
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

/** Starts a stand-in for the providers. Every token that it issues is treated as a secret. */
export function startWatchedProviders(options: Omit<ProvidersOptions, "onToken">): Promise<ProvidersSandbox> {
  return startProviders({ ...options, onToken: (token) => void secrets.add(token) });
}

/** Adds every text in a secret, and the Basic credentials if it is an API key. */
function addSecret(value: string): void {
  const texts = textsIn(value).filter(({ length }) => length >= MIN_SECRET_LENGTH);
  for (const text of texts) secrets.add(text);
  for (const key of texts)
    for (const other of texts.filter((text) => text !== key))
      secrets.add(Buffer.from(`${key}:${other}`).toString("base64"));
}

/** Records a text that leaves the process. @param source texts from the same source are joined. */
export function recordOutput(text: string, source: unknown = {}): void {
  seen.set(source, `${seen.get(source) ?? ""}${text}`);
}

/** Records the report of a run, or its inspected error. */
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

/** The complete output during this test. */
export function outputSoFar(): string {
  return [...seen.values(), ...alerts.map((published) => everythingOf(published()))].join("\n");
}

/** The secrets of which at least twelve consecutive characters, in any form, are in the output of this test. */
export function leaksSoFar(): string[] {
  return secrets.size === 0 ? [] : new WindowSearch([...secrets]).leaksIn(outputSoFar());
}

/** Clears the output after a deliberate leak. */
export function forgetOutput(): void {
  alerts.length = 0;
  seen.clear();
}

/** Fails if a part of a secret has left the process during this test. */
export function expectNoLeaks(): void {
  const leaks = leaksSoFar();
  secrets.clear();
  forgetOutput();
  expect(leaks, "secrets of which a part has left the process").toEqual([]);
}

/** The process writes its log here. JSON lines are recorded but not printed. */
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    recordOutput(text, stream);
    return text.startsWith("{") || Reflect.apply(write, stream, [chunk, ...rest]);
  };
}

/** Addresses of databases and token endpoints are not secret, and alerts need them. */
const PLACES = ["host", "token_uri", "tokenEndpoint"];

/** The texts in JSON at any depth; for invalid JSON, its quoted parts. */
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
