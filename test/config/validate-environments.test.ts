import { describe, expect, it } from "vitest";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";
import { inEnvironment, issuesOf } from "./issues.ts";

const ADDRESS = "https://FLINK.us-west-2.aws.confluent.cloud/";

describe("the validation of an environment", () => {
  it.each([
    [{ region: undefined }],
    [{ cloud: undefined }],
    [{ cloud: undefined, region: undefined }],
    [{ restEndpoint: "https://e" }],
    [{ restEndpoint: "https://e", cloud: undefined }],
    [{ restEndpoint: "https://e", region: undefined }],
  ])("rejects %j, which does not give exactly one address", (overrides) => {
    expect(inEnvironment(overrides)).toEqual([
      "environments.prod: needs either cloud and region, or restEndpoint",
    ]);
  });

  it.each([
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://my.localhost",
    "http://localhost.example.com",
    "http://my127.0.0.1.example.com",
    "http://10.0.0.1",
    "http://[::2]",
    "ftp://127.0.0.1",
    "https://user@example.com",
    "https://:password@example.com",
    "https://example.com/?a=1",
    "https://example.com/?",
    "https://example.com/#a",
    "example.com",
    "",
  ])("rejects the restEndpoint %j", (restEndpoint) => {
    expect(inEnvironment({ restEndpoint, cloud: undefined, region: undefined })).toEqual([
      "environments.prod.restEndpoint: must be an https URL without a query (http only for loopback addresses)",
    ]);
  });

  it.each(["", "us west", "us-west-2.evil.com", "a/b", "US-WEST-2"])("rejects the region %j", (region) => {
    expect(inEnvironment({ region })).toEqual([
      "environments.prod.region: must be a region such as us-west-2",
    ]);
  });

  it("rejects an environment that is listed under two keys", () => {
    const same = environmentEntry({ cloud: undefined, region: undefined, restEndpoint: ADDRESS });
    const others = {
      other: environmentEntry({ environmentId: "env-2" }),
      elsewhere: environmentEntry({ region: "eu-west-1" }),
      foreign: environmentEntry({ organizationId: "another" }),
    };
    const environments = { prod: environmentEntry(), ...others, again: same };
    const connections = Object.keys(environments).map((environment) => connectionEntry({ environment }));
    expect(issuesOf(configFile({ environments, connections }))).toEqual([
      "environments.again: the same environment as environments.prod: organization, environment and address are equal",
    ]);
  });

  it.each([{ organizationId: undefined }, { environmentId: undefined }, { restEndpoint: "nowhere" }])(
    "does not treat two environments as the same if both lack %j",
    (overrides) => {
      const entry = environmentEntry(overrides);
      const connections = ["a", "b"].map((environment) => connectionEntry({ environment }));
      const issues = issuesOf(configFile({ environments: { a: entry, b: entry }, connections }));
      expect(issues.filter((issue) => issue.includes("the same environment"))).toEqual([]);
    },
  );

  it.each(["organizationId", "environmentId"])("rejects half a surrogate pair in %s", (key) => {
    expect(inEnvironment({ [key]: "env-\ud800" })).toEqual([
      `environments.prod.${key}: contains half of a character (a lone surrogate), which no URL can carry`,
    ]);
  });

  it("rejects a line break in the name of an environment", () => {
    const environments = { "a\nb": environmentEntry() };
    const connections = [connectionEntry({ environment: "a\nb" })];
    expect(issuesOf(configFile({ environments, connections })).join("\n")).toContain(
      "must not contain line breaks or control characters",
    );
  });

  it.each(["organizationId", "environmentId"])("rejects a blank %s", (key) => {
    expect(inEnvironment({ [key]: " " })).toEqual([`environments.prod.${key}: must not be empty`]);
  });
});
