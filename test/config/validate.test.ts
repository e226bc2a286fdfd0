import { describe, expect, it } from "vitest";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";
import { GROUPS, issuesOf, issuesOfText, OTHER_TYPE, SECRET_NAME, TYPES } from "./issues.ts";

describe("issues of connections.json", () => {
  it("do not occur in a valid file", () => {
    expect(issuesOf(configFile())).toEqual([]);
  });

  it("are listed all at once, grouped by connection", () => {
    const file = {
      environments: {
        prod: { organizationId: 5, cloud: "ibm", apiKeySecret: "a b", extra: 1 },
        unused: environmentEntry({ restEndpoint: "http://example.com" }),
      },
      connections: [
        { name: 5, type: "CASSANDRA", environment: "prod", secret: "", colour: "red" },
        { name: "a", environment: "staging", type: "MONGODB", fields: { token: "T" } },
        { name: "b", type: "REST", secret: "s", values: { username: "u", token: "t" } },
        { name: "b", type: "REST", secret: "s", data: {}, fields: 5 },
        "c",
      ],
      rollout: { canary: "yes" },
      timing: { readyTimeoutSeconds: 0, graceSeconds: 601 },
      propagationLabel: "AWSREADY",
      refresh: "never",
      more: true,
    };
    expect(issuesOf(file)).toEqual([
      "environments.prod.organizationId: must be a string, not a number",
      "environments.prod.environmentId: is missing",
      'environments.prod.cloud: must be "aws", "azure", or "gcp"',
      `environments.prod.apiKeySecret: ${SECRET_NAME}`,
      "environments.prod.extra: unknown key",
      "environments.unused.restEndpoint: must be an https URL without a query (http only for loopback addresses)",
      "environments.prod: needs either cloud and region, or restEndpoint",
      "environments.unused: needs either cloud and region, or restEndpoint",
      "environments.unused: no connection uses it",
      "connections[0].name: must be a string, not a number",
      "connections[0].secret: must not be empty",
      "connections[0].colour: unknown key",
      `connections[0].type: "CASSANDRA" is not a known type. Known types are ${TYPES}. ${OTHER_TYPE}`,
      "connections[1].secret (a): is missing",
      'connections[1].environment (a): there is no environment "staging". There are: prod, unused.',
      'connections[1].fields.token (a): MONGODB has no option "token". It takes username, password.',
      "connections[2].environment (b): is missing: there are several environments (prod, unused)",
      `connections[2] (b): username, token exclude each other; REST needs ${GROUPS}`,
      "connections[3].fields (b): must be an option, or a key of the secret for each option",
      "connections[3].data (b): must name at least one backend key",
      "connections[3].environment (b): is missing: there are several environments (prod, unused)",
      "connections[3] (b): the same connection as connections[2]",
      "connections[4]: must be an object, not a string",
      "connections[4].environment: is missing: there are several environments (prod, unused)",
      "rollout.canary: must be true or false, not a string",
      "timing.readyTimeoutSeconds: must be more than 0",
      "timing.graceSeconds: must be at most 600",
      "propagationLabel: must not begin with AWS: those labels belong to Secrets Manager",
      'refresh: must be "always" or "when-stale"',
      "more: unknown key",
    ]);
  });

  it.each([
    ["null", "null"],
    ["[]", "a list"],
    ["5", "a number"],
    ["true", "true"],
  ])("include %s, which is not an object", (text, kind) => {
    expect(issuesOfText(text)).toEqual([`must be an object, not ${kind}`]);
  });

  it.each(["", "{", "{'a':1}", "/* no end"])("include %j, which is not JSON", (text) => {
    expect(issuesOfText(text)).toEqual([expect.stringMatching(/^It is not valid JSON: .+/)]);
  });

  it("include missing and empty lists", () => {
    expect(issuesOf({})).toEqual(["environments: is missing", "connections: is missing"]);
    expect(issuesOf({ environments: {}, connections: [] })).toEqual([
      "environments: must name at least one environment",
      "connections: must list at least one connection",
    ]);
    expect(issuesOf({ environments: {}, connections: [connectionEntry()] })).toEqual([
      "environments: must name at least one environment",
    ]);
  });

  it("include an environment without a name", () => {
    expect(issuesOf(configFile({ environments: { "": environmentEntry() } }))).toEqual([
      "environments.: the key must not be empty",
    ]);
  });

  it("list an environment that is not an object once", () => {
    expect(issuesOf(configFile({ environments: { prod: 5 } }))).toEqual([
      "environments.prod: must be an object, not a number",
    ]);
  });
});

describe("issues of the other sections", () => {
  it.each([
    [{ readyTimeoutSeconds: 900, graceSeconds: 600, confirmSeconds: 300 }, []],
    [{ readyTimeoutSeconds: 0.5 }, []],
    [{ readyTimeoutSeconds: 901 }, ["timing.readyTimeoutSeconds: must be at most 900"]],
    [{ confirmSeconds: 0 }, []],
    [{ confirmSeconds: 301 }, ["timing.confirmSeconds: must be at most 300"]],
    [{ confirmSeconds: -1 }, ["timing.confirmSeconds: must be at least 0"]],
    [{ graceSeconds: -1 }, ["timing.graceSeconds: must be at least 0"]],
    [{ seconds: 1 }, ["timing.seconds: unknown key"]],
  ])("of timing %j", (timing, issues) => {
    expect(issuesOf(configFile({ timing }))).toEqual(issues);
  });

  it.each([
    ["FLINK_READY", []],
    ["L".repeat(256), []],
    ["MY_AWS", []],
    ["L".repeat(257), ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["a b", ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["", ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["AWSCURRENT", ["propagationLabel: must not begin with AWS: those labels belong to Secrets Manager"]],
  ])("of propagationLabel %s", (propagationLabel, issues) => {
    expect(issuesOf(configFile({ propagationLabel }))).toEqual(issues);
  });

  it("include unknown keys and choices of verification", () => {
    expect(issuesOf(configFile({ verification: { require: "applied" } }))).toEqual([]);
    expect(issuesOf(configFile({ verification: { require: "never", provide: true } }))).toEqual([
      'verification.require: must be "auto", "ready", or "applied"',
      'verification.provide: unknown key. Did you mean "provider"?',
    ]);
  });

  it("suggest similar keys and choices", () => {
    const file = configFile({ rollouts: {}, rollout: { onReject: "keep" }, refresh: "when-stael" });
    expect(issuesOf(file)).toEqual([
      'rollout.onReject: unknown key. Did you mean "onRejected"?',
      'refresh: must be "always" or "when-stale". Did you mean "when-stale"?',
      'rollouts: unknown key. Did you mean "rollout"?',
    ]);
  });

  it("include unknown keys and choices of rollout", () => {
    expect(issuesOf(configFile({ rollout: { onRejected: "undo", waves: 2 } }))).toEqual([
      'rollout.onRejected: must be "keep" or "rollback"',
      "rollout.waves: unknown key",
    ]);
  });
});
