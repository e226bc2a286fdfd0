import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { commented, discoverState, RESOURCE } from "./discovery.ts";

describe("discover --terraform", () => {
  it("reads the connections of a Terraform state without their credentials", async () => {
    const data = { ...RESOURCE, mode: "data" };
    const topic = { mode: "managed", type: "confluent_kafka_topic", values: {} };
    const { out, err, code } = await discoverState([RESOURCE, data, topic]);
    const [environment, connection, ...others] = commented(out);
    expect(environment).toEqual({
      "env-1": {
        organizationId: "org-1",
        environmentId: "env-1",
        cloud: "aws",
        region: "us-west-2",
        apiKeySecret: "",
      },
    });
    expect(connection).toMatchObject({ name: "from-terraform", type: "BEDROCK", secret: "" });
    expect(others).toEqual([]);
    expect(err).toContain("To do: environment env-1 lacks apiKeySecret.");
    expect(`${out}${err}`).not.toMatch(/very-secret|never-to-be-seen/);
    expect(code).toBe(0);
  });

  it("accepts a state whose ids are in the provider configuration, and an unknown type", async () => {
    const { organization: _, environment: __, rest_endpoint: ___, ...values } = RESOURCE.values;
    const { out, err } = await discoverState(
      [{ ...RESOURCE, values: { ...values, type: "NEW_TYPE" } }],
      ["--cloud", "aws", "--region", "eu-west-1", "--api-key-secret", "k"],
    );
    expect(parse(out).environments).toMatchObject({
      "env-1": { organizationId: "org-1", region: "eu-west-1" },
    });
    expect(commented(out)).toMatchObject([{ type: "NEW_TYPE", data: {} }]);
    expect(err).toContain("the rotator does not know the type, so list its backend keys under data");
  });

  it("separates the regions of an environment", async () => {
    const elsewhere = { ...RESOURCE.values, rest_endpoint: "https://flink.eu-west-1.aws.confluent.cloud" };
    const { out } = await discoverState(
      [RESOURCE, { ...RESOURCE, values: elsewhere }],
      ["--api-key-secret", "k"],
    );
    expect(Object.keys(parse(out).environments)).toEqual(["env-1-us-west-2", "env-1-eu-west-1"]);
  });

  it("does not apply one region to several environments whose regions are unknown", async () => {
    const { rest_endpoint: _, ...values } = RESOURCE.values;
    const other = { ...values, environment: [{ id: "env-2" }] };
    const { out, err } = await discoverState(
      [
        { ...RESOURCE, values },
        { ...RESOURCE, values: other },
      ],
      ["--cloud", "aws", "--region", "eu-west-1", "--api-key-secret", "k"],
    );
    expect(out).not.toContain("eu-west-1");
    expect(err).toContain(
      "The regions of env-1, env-2 are not in the file, and there are several. A plan contains them:",
    );
    expect(err).toContain("To do: environment env-1 lacks cloud, region.");
  });

  it("says that a name that occurs twice is in several regions", async () => {
    const { rest_endpoint: _, ...values } = RESOURCE.values;
    const resource = { ...RESOURCE, values };
    const { out, err } = await discoverState([resource, resource]);
    expect(commented(out)).toHaveLength(2);
    expect(err).toContain("The regions of env-1 are not in the file, and there are several.");
  });

  it("writes no file if there is no connection", async () => {
    const { code, err } = await discoverState([]);
    expect(err).toContain("No Flink connection was found.");
    expect(code).toBe(2);
  });
});
