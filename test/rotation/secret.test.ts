import { Console } from "node:console";
import { globSync, readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { format, inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/rotation/secret.ts";
import { anyCharacter } from "../support/unicode.ts";

const MARKER = "s3cr3t-marker";
const secret = new Secret(MARKER);

function printed(value: unknown): string {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  const output = new Console(stream);
  output.log(value);
  output.dir(value, { showHidden: true, depth: null });
  output.table([value]);
  return chunks.join("");
}

function learned(text: string): (readonly [string, boolean])[] {
  const texts: (readonly [string, boolean])[] = [];
  new Secret(text).addTo({ addText: (each, isWhole) => texts.push([each, isWhole]) });
  return texts;
}

describe("Secret", () => {
  it.each([
    ["a template", () => `${secret}`],
    ["String", () => String(secret)],
    ["concatenation", () => ["", secret].join("")],
    ["inspect", () => inspect(secret)],
    ["format %s", () => format("%s", secret)],
    ["format %o", () => format("%O", secret)],
  ])("prints as [redacted] in %s", (_, print) => expect(print()).toBe("[redacted]"));

  it("prints as [redacted] inside objects", () => {
    expect(JSON.stringify({ secret, list: [secret] })).toBe('{"secret":"[redacted]","list":["[redacted]"]}');
    expect(inspect({ secret })).toBe("{ secret: [redacted] }");
  });

  it("cannot be printed, copied or enumerated", () => {
    const holder = { secret, error: new Error(`about ${secret}`, { cause: secret }) };
    const all = [
      printed(secret),
      printed(holder),
      inspect(holder, { customInspect: false, showHidden: true, getters: true, depth: null }),
      JSON.stringify(structuredClone({ ...secret })),
      JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(secret))),
    ].join("\n");
    expect(all).toContain("[redacted]");
    expect(all).not.toContain(MARKER);
  });

  it("is revealed in three places: the Basic header, the body of a PUT, and the request to a provider", () => {
    const calls = globSync("src/**/*.ts").flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/\.reveal\(\)/g)].map(() => file),
    );
    expect(calls.toSorted()).toEqual([
      "src/adapters/confluent.ts",
      "src/adapters/confluent.ts",
      "src/adapters/providers/check.ts",
    ]);
  });

  it("reveals the text that it was made of", async () => {
    await fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => new Secret(text).reveal() === text),
    );
  });

  it("makes the credentials of a Basic header with another", () => {
    expect(Secret.basic(new Secret("user"), new Secret("p:ß")).reveal()).toBe("dXNlcjpwOsOf");
  });

  it("counts its UTF-8 bytes", () => {
    expect(new Secret("aé€😀").bytes).toBe(10);
  });

  it.each([
    ["", true],
    [" \n", true],
    [" a", false],
  ])("%j is blank: %s", (text, isBlank) => expect(new Secret(text).isBlank).toBe(isBlank));

  it("equals a secret with the same text alone", () => {
    expect(secret.equals(new Secret(MARKER))).toBe(true);
    expect(secret.equals(new Secret(`${MARKER} `))).toBe(false);
  });

  it("maps to a secret", () => {
    const upper = secret.map((text) => text.toUpperCase());
    expect(upper).toBeInstanceOf(Secret);
    expect(upper.reveal()).toBe("S3CR3T-MARKER");
  });

  it.each([
    ["key:secret", ["key", "secret"]],
    ["key:sec:ret", ["key", "sec:ret"]],
    [":secret", ["", "secret"]],
    ["key:", ["key", ""]],
    ["plain", undefined],
  ])("%s splits at the first colon", (text, parts) => {
    expect(new Secret(text).split(":")?.map((part) => part.reveal())).toEqual(parts);
  });

  it("splits at a separator of several characters", () => {
    expect(new Secret("a::b").split("::")?.map((part) => part.reveal())).toEqual(["a", "b"]);
  });
});

describe("fields of a secret", () => {
  it("are the texts of its JSON, or the names of their types", () => {
    const text = ' {"text":"t","number":1,"yes":true,"nothing":null,"list":["a"],"object":{"a":"b"}}';
    const fields = new Secret(text).fields();
    if (!(fields instanceof Map)) throw new Error("no fields");
    const shown = [...fields].map(([key, field]) => [
      key,
      field instanceof Secret ? { text: field.reveal(), isObject: field.isObject } : field,
    ]);
    expect(Object.fromEntries(shown)).toEqual({
      text: { text: "t", isObject: false },
      number: "number",
      yes: "boolean",
      nothing: "null",
      list: "array",
      object: { text: '{"a":"b"}', isObject: true },
    });
  });

  it("are readable beside an object that is nested too deep", () => {
    const nested = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    const fields = new Secret(`{"nested":${nested},"key":"value"}`).fields();
    if (!(fields instanceof Map)) throw new Error("no fields");
    expect(fields.get("nested")).toBe("object");
    expect(fields.get("key")).toBeInstanceOf(Secret);
  });

  it.each(["plain", "[1]", '"{}"', "1", "null", ""])("%j has none", (text) => {
    expect(new Secret(text).fields()).toBeUndefined();
  });

  it.each(["{", " {'a':1}", '{"a":"b"} x'])("%j is malformed", (text) => {
    expect(new Secret(text).fields()).toBe("malformed");
  });

  it("can be put together to an object", () => {
    const object = Secret.object([
      ["a", new Secret('say "hi"')],
      ["__proto__", "plain"],
    ]);
    expect(object.reveal()).toBe('{"a":"say \\"hi\\"","__proto__":"plain"}');
    expect(object.isObject).toBe(false);
  });
});

describe("the texts of a secret that must not be printed", () => {
  it("are the whole text if it is not JSON", () => {
    expect(learned("plain")).toEqual([["plain", true]]);
    expect(learned("{ no JSON")).toEqual([["{ no JSON", true]]);
  });

  it.each(["1234567890", "true", "null"])("are the whole text although it could be JSON: %s", (text) => {
    expect(learned(text)).toEqual([[text, true]]);
  });

  it.each([
    ["a document", '{"a":"only"}'],
    ["a document after white space", ' \n{"a":"only"}'],
    ["a list", '["only"]'],
    ["a string", '"only"'],
    ["a document in a string", '"{\\"a\\":\\"only\\"}"'],
  ])("are the one text in %s", (_, text) => {
    expect(learned(text)).toEqual([["only", false]]);
  });

  it("are the texts at any depth of its JSON, in lists and in JSON inside JSON", () => {
    const inner = JSON.stringify({ deepest: ["d"] });
    const text = JSON.stringify({ a: "a", b: { c: ["c", { e: inner }] }, n: 1, nothing: null });
    expect(new Set(learned(text).map(([each]) => each))).toEqual(new Set(["a", "c", "d"]));
    expect(learned(text).every(([, isWhole]) => !isWhole)).toBe(true);
  });

  it.each(["[", '{"a":'])("are found beside and inside 100,000 nested %s", (opening) => {
    const closing = opening === "[" ? "]" : "}";
    const nested = `${opening.repeat(100_000)}"inside"${closing.repeat(100_000)}`;
    expect(
      learned(`{"before":"first","nested":${nested},"after":"last"}`)
        .map(([each]) => each)
        .toSorted(),
    ).toEqual(["first", "inside", "last"]);
  });
});
