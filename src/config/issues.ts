import type * as z from "zod/mini";
import { didYouMean } from "./suggest.ts";

/** One fault of connections.json. */
export interface ValidationIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The issues as lines, grouped by connection, with its name next to its index. */
export function describeIssues(issues: readonly ValidationIssue[], json: unknown): string[] {
  return issues
    .toSorted((a, b) => rank(a) - rank(b) || indexOf(a) - indexOf(b))
    .map(({ path, message }) => {
      const place = `${formatPath(path)}${nameOf(path, json)}`;
      return place === "" ? message : `${place}: ${message}`;
    });
}

const ORDER: readonly PropertyKey[] = ["environments", "connections"];

function rank({ path: [section = ""] }: ValidationIssue): number {
  return ORDER.includes(section) ? ORDER.indexOf(section) : ORDER.length;
}

function indexOf({ path: [, index] }: ValidationIssue): number {
  return typeof index === "number" ? index : 0;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((before, part) => {
    if (typeof part === "number") return `${before}[${part}]`;
    return before === "" ? String(part) : `${before}.${String(part)}`;
  }, "");
}

const MAX_NAME_LENGTH = 100;

function nameOf([section, index]: readonly PropertyKey[], json: unknown): string {
  if (section !== "connections" || typeof index !== "number") return "";
  const name: unknown = Object(Object(Object(json)["connections"])[index])["name"];
  if (typeof name !== "string" || name === "") return "";
  return ` (${JSON.stringify(name.slice(0, MAX_NAME_LENGTH)).slice(1, -1)})`;
}

/** One issue for each unknown key; `knownKeys` are the keys allowed there. */
export function fromZod(issue: z.core.$ZodIssue, knownKeys: readonly string[]): ValidationIssue[] {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key${didYouMean(key, knownKeys, ". ")}`,
    }));
  return [{ path, message: issue.code === "invalid_key" ? "the key must not be empty" : message }];
}

/** A plain message about what a value must be, or `undefined` for zod's own message. */
export function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? "is missing"
        : `must be ${EXPECTED[issue.expected] ?? issue.expected}, not ${kindOf(issue.input)}`;
    case "invalid_value":
      return issue.input === undefined ? "is missing" : choiceOf(issue.values, issue.input);
    case "too_small":
      return `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      return `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    default:
      return undefined;
  }
}

function choiceOf(values: readonly unknown[], input: unknown): string {
  const choices = values.map(String);
  const suggestion = typeof input === "string" ? didYouMean(input, choices, ". ") : "";
  // Created here: the first one of a process takes ten milliseconds, and a valid file needs none.
  const disjunction = new Intl.ListFormat("en", { type: "disjunction" });
  return `must be ${disjunction.format(choices.map((choice) => JSON.stringify(choice)))}${suggestion}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

function kindOf(input: unknown): string {
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "boolean") return String(input);
  return EXPECTED[typeof input] ?? typeof input;
}
