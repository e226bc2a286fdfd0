import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";
import { commented, IDS, TWO } from "./discovery.ts";

describe("discover", () => {
  it("writes the connections of an environment as comments until their secrets are given", async () => {
    const { run, folder, confluent } = await startOperator({ connections: TWO });
    const output = join(folder, "found.json");
    const { code, err } = await run([
      "discover",
      ...IDS,
      "--rest-endpoint",
      confluent.url,
      "--name",
      "prod",
      "--output",
      output,
    ]);
    const text = readFileSync(output, "utf8");
    const environment = {
      organizationId: "org-1",
      environmentId: "env-1",
      restEndpoint: confluent.url,
      apiKeySecret: "confluent/key",
    };
    expect(parse(text)).toEqual({
      $schema: "./connections.schema.json",
      environments: { prod: environment },
      connections: [],
    });
    const endpoint = "https://api.example.com/v1";
    expect(commented(text)).toEqual([
      { name: "a", environment: "prod", type: "OPENAI", endpoint, secret: "" },
      { name: "b", environment: "prod", type: "REST", endpoint, secret: "" },
    ]);
    expect(err).toContain(
      "2 connections added: 0 complete, 2 as comments.\nTo do: name the secret of a, b.\n",
    );
    expect(err).toContain("REST needs one of {username, password} or {token} or");
    expect(err).toContain(`Next: flink-connection-rotator check --offline --config ${output}`);
    expect(code).toBe(0);
  });

  it("writes the JSON Schema to which the file refers", async () => {
    const { run, folder, confluent } = await startOperator({ connections: TWO });
    const output = join(folder, "found.json");
    await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--output", output]);
    const schema = readFileSync(join(folder, "connections.schema.json"), "utf8");
    expect(schema).toBe(readFileSync("connections.schema.json", "utf8"));
  });

  it("writes a draft with one fault, which disappears once a connection is complete", async () => {
    const { run, folder, confluent } = await startOperator({ connections: TWO });
    const output = join(folder, "found.json");
    await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--output", output]);
    const check = ["check", "--offline", "--config", output];
    expect(await run(check)).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /✗ configuration: connections: must list at least one connection\n\n1 of 1 check failed/,
      ),
    });
    const text = readFileSync(output, "utf8");
    writeFileSync(output, text.replace(/\/\/ (.*"name": "a".*)"secret": ""/, '$1"secret": "openai"'));
    expect(await run(check)).toMatchObject({ code: 0 });
  });

  it.each([
    [
      "ids are missing",
      ["--environment", "env-1"],
      "--organization, --api-key-secret, --cloud and --region must be given.",
    ],
    [
      "the endpoint is not safe",
      [
        "--organization",
        "o",
        "--environment",
        "e",
        "--api-key-secret",
        "k",
        "--rest-endpoint",
        "http://example.com",
      ],
      "restEndpoint must be an https URL",
    ],
    [
      "the output and the file to merge with are given",
      ["--merge", "FILE", "--output", "-"],
      "Option '--output <file>' cannot be used with option '--merge <file>'.",
    ],
    [
      "the name of the output is too long",
      ["--output", "a".repeat(300)],
      "aaa cannot be written (ENAMETOOLONG).\nChoose another file or folder.",
    ],
    ["the output exists", ["--output", "FILE"], "already exists.\nAdd to it with --merge"],
    ["the file to merge into does not exist", ["--merge", "/nowhere.json"], "There is no /nowhere.json."],
    [
      "the state cannot be read",
      ["--terraform", "/nowhere/state.json"],
      "/nowhere/state.json cannot be read.",
    ],
    [
      "the state is not Terraform output",
      ["--terraform", "FILE"],
      "The file is not the output of terraform show -json.",
    ],
  ])("ends with 2 if %s", async (_what, args, message) => {
    const { run, env, folder } = await startOperator({ connections: TWO });
    const given = args.map((arg) => (arg === "FILE" ? (env["CONNECTIONS_FILE"] ?? "") : arg));
    const output =
      args.includes("--output") || args.includes("--merge") ? [] : ["--output", join(folder, "new.json")];
    const { code, out, err } = await run(["discover", ...given, ...output]);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it.runIf(existsSync("/proc/self"))("names the file that cannot be written, not its schema", async () => {
    const { run, confluent } = await startOperator({ connections: TWO });
    const place = ["--rest-endpoint", confluent.url, "--output", "/proc/rotator.json"];
    const { code, err } = await run(["discover", ...IDS, ...place]);
    expect(err).toContain("Error: /proc/rotator.json cannot be written (");
    expect(code).toBe(2);
  });

  it("says why an environment cannot be listed", async () => {
    const { run, confluent } = await startOperator({ connections: TWO });
    confluent.setApiKeys("env-1", []);
    const { code, err } = await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--output", "-"]);
    expect(err).toContain(
      "Error: Confluent refused the rotator's Confluent API key (401).\nThe API key is not valid.\n",
    );
    expect(err).toMatch(/\nRequest id request-\d+\.\n/);
    expect(err).toContain("Nothing was written.");
    expect(code).toBe(1);
  });

  it("gives advice about its options, because there is no connections.json yet", async () => {
    const { run, confluent } = await startOperator({ connections: TWO });
    const place = ["--rest-endpoint", confluent.url, "--output", "-"];
    const secret = await run(["discover", ...IDS, "--api-key-secret", "confluent/kez", ...place]);
    expect(secret.err).toContain("Check the name confluent/kez, and the AWS account and region.");
    const environment = await run(["discover", ...IDS, "--environment", "env-2", ...place]);
    expect(environment.err).toContain("Check organizationId, environmentId, cloud and region.");
    confluent.setApiKeys("env-1", []);
    const key = await run(["discover", ...IDS, ...place]);
    expect(key.err).toContain(
      "exists in Confluent Cloud and belongs to this environment and region. Nothing was written.",
    );
    expect([secret.code, environment.code, key.code]).toEqual([1, 1, 1]);
  });
});
