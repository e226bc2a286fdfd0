import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";
import { issuesOf } from "./issues.ts";

const SMOKE = { sql: "SELECT 1", catalog: "prod", computePool: "lfcp-1" };

const withStatements = (statements: unknown, verify?: unknown) =>
  configFile({
    verification: { statements },
    connections: [connectionEntry(verify === undefined ? {} : { verify })],
  });

describe("verification statements in connections.json", () => {
  it("belong to the connections that name them, with two minutes by default", () => {
    const { connections, verification } = parseConfig(
      JSON.stringify(withStatements({ smoke: SMOKE }, "smoke")),
      "connections.json",
    );
    expect(connections[0]?.verify).toEqual({ name: "smoke", ...SMOKE, timeoutMs: 120_000 });
    expect(verification).toEqual({ require: "auto", provider: true });
  });

  it("are optional", () => {
    expect(parseConfig(JSON.stringify(configFile()), "file").connections[0]).not.toHaveProperty("verify");
  });

  it.each([
    [{}, "smoke", 'there is no statement "smoke". Describe it under verification.statements.'],
    [{ smoke: SMOKE }, "smok", 'there is no statement "smok". Did you mean "smoke"?'],
    [{ smoke: SMOKE }, "other", 'there is no statement "other". There are: smoke.'],
  ])("must include the statement that a connection names: %o, %s", (statements, verify, message) => {
    expect(issuesOf(withStatements(statements, verify))).toEqual([
      `connections[0].verify (orders-openai): ${message}`,
    ]);
  });

  it("are checked key by key", () => {
    const statements = { smoke: { sql: " ", computePol: "lfcp-1", timeoutSeconds: 901 }, other: {} };
    expect(issuesOf(withStatements(statements))).toEqual([
      "verification.statements.smoke.sql: must not be empty",
      "verification.statements.smoke.timeoutSeconds: must be at most 900",
      'verification.statements.smoke.computePol: unknown key. Did you mean "computePool"?',
      "verification.statements.other.sql: is missing",
    ]);
  });
});

describe("statements of an environment in connections.json", () => {
  const parse = (statements: unknown) =>
    parseConfig(
      JSON.stringify(configFile({ environments: { prod: environmentEntry({ statements }) } })),
      "connections.json",
    ).environments.get("prod")?.statements;

  it("are not touched by default", () => {
    expect(parse(undefined)).toBeUndefined();
    expect(parse({})).toEqual({ report: false, restart: [] });
  });

  it("are reported and restarted by name", () => {
    expect(parse({ report: true, restart: ["orders-enrichment"] })).toEqual({
      report: true,
      restart: ["orders-enrichment"],
    });
  });

  it("need valid names and known keys", () => {
    const statements = { restart: ["Orders"], reports: true };
    expect(issuesOf(configFile({ environments: { prod: environmentEntry({ statements }) } }))).toEqual([
      "environments.prod.statements.restart[0]: must be a statement's name: at most 100 of a-z, 0-9, dot and hyphen",
      'environments.prod.statements.reports: unknown key. Did you mean "report"?',
    ]);
  });
});
