import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "../../src/sandbox/demo/connections.ts";
import type { DemoSandbox } from "../../src/sandbox/demo/environment.ts";
import { runCli, startCli } from "../support/child.ts";
import { startDemo } from "../support/demo.ts";
import { exampleLines, helpTexts } from "../support/help.ts";

const EXAMPLES = [...helpTexts().values()].flatMap(exampleLines);
const STATE = {
  format_version: "1.0",
  values: {
    root_module: {
      resources: [
        {
          mode: "managed",
          type: "confluent_flink_connection",
          values: { id: "o/e/c", display_name: "c", type: "OPENAI", endpoint: "https://api.example.com" },
        },
      ],
    },
  },
};

let world: DemoSandbox;
let folder: string;

beforeAll(async () => {
  world = await startDemo(0);
  folder = mkdtempSync(join(tmpdir(), "rotator-"));
  for (const name of ["state.json", "plan.json"]) writeFileSync(join(folder, name), JSON.stringify(STATE));
  writeFileSync(join(folder, "merged.json"), "{}");
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

/** Replaces cloud addresses and ids by those of the sandbox, and long times by short ones. */
function inSandbox(line: string): string[] {
  return line
    .replace("--cloud aws --region us-west-2", `--rest-endpoint ${world.confluent.url}`)
    .replace("--seconds 30", "--seconds 1")
    .replace("env-a1b2c3", ENVIRONMENTS.prod)
    .replace("prod/confluent/flink-api-key", "prod/confluent-flink-key")
    .replace("--merge connections.json", "--merge merged.json")
    .replace("--config connections.json", `--config ${world.configFile}`)
    .split(" ");
}

describe("every command line in the help", () => {
  it("is found", () => expect(EXAMPLES.length).toBeGreaterThan(15));

  it.each(EXAMPLES.filter((line) => !/^sandbox|--watch/.test(line)))("works: %s", async (line) => {
    const { code, stdout, stderr } = await runCli(inSandbox(line), world.env, folder);
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).not.toBe("");
  });

  it("works: status --watch", async () => {
    const { child, shows, ended } = startCli(["status", "--watch"], world.env, folder);
    await shows(/\b12 healthy\.|unhealthy|stale/);
    child.kill("SIGINT");
    expect([0, 1]).toContain((await ended).code);
  });

  it("works: sandbox", async () => {
    const { child, shows, ended } = startCli(["sandbox"]);
    await shows(/\nunset AWS_PROFILE\nexport .*AWS_ACCESS_KEY_ID=[\s\S]*npx \. rotate/);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
  });
});
