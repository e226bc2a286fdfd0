import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const CONNECTIONS = readFileSync("connections.example.json");

function run(cli: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "template", ...args], {
    encoding: "utf8",
    env: { NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

describe("the template command", () => {
  const folder = mkdtempSync(join(tmpdir(), "rotator-template-"));
  const config = join(folder, "connections.json");
  const out = join(folder, "out");
  writeFileSync(config, CONNECTIONS);

  it("writes the template and the code and prints the commands that deploy them", () => {
    const settings = ["--context", "stackName=Blue", "--context", "alertEmail=ops@example.com"];
    const { status, stdout } = run(
      "dist/cli/index.mjs",
      "--config",
      config,
      "--out",
      out,
      "--bucket",
      "code",
      ...settings,
    );
    expect(status).toBe(0);
    const template = readFileSync(join(out, "template.json"), "utf8");
    expect(template).toContain("ops@example.com");
    const key = Object.values(JSON.parse(template).Metadata.FlinkConnectionRotator.Code);
    expect(stdout).toContain(`aws s3 cp ${join(out, "function.zip")} s3://code/${key}`);
    expect(stdout).toContain(
      `aws cloudformation deploy --stack-name Blue --template-file ${join(out, "template.json")} --s3-bucket code --capabilities CAPABILITY_IAM`,
    );
    expect(existsSync(join(out, "function.zip"))).toBe(true);
  });

  it("says that nobody would receive alerts", () => {
    const { status, stdout, stderr } = run(
      "dist/cli/index.mjs",
      ...["--config", config, "--out", out, "--context", "bucket=code"],
    );
    expect(status).toBe(0);
    expect(stdout).toContain("s3://code/");
    expect(stderr).toMatch(/^Note: Nobody receives the alerts: .*topic\.$/m);
  });

  it("writes nothing if the folder is a file", async () => {
    const { run: inProcess } = await startOperator({ connections: [{ name: "a", secret: "openai" }] });
    const { code, err } = await inProcess(["template", "--out", config]);
    expect(err).toBe(`Error: ${config} is a file.\nGive a folder with --out.\n`);
    expect(code).toBe(2);
  });

  it("writes nothing if the parent of the folder is a file", async () => {
    const { run: inProcess } = await startOperator({ connections: [{ name: "a", secret: "openai" }] });
    const { code, err } = await inProcess(["template", "--out", join(config, "out")]);
    expect(err).toBe(`Error: ${config} is a file.\nGive a folder with --out.\n`);
    expect(code).toBe(2);
  });

  it.runIf(existsSync("/proc/self"))("ends at once if the folder cannot be created", () => {
    const { status, stderr } = run("dist/cli/index.mjs", "--config", config, "--out", "/proc/rotator/out");
    expect(stderr).toMatch(
      /^Error: The folder \/proc\/rotator\/out cannot be written \((ENOENT|EACCES)\)\.$/m,
    );
    expect(status).toBe(2);
  });

  it("says what to install if aws-cdk-lib is missing", () => {
    const alone = mkdtempSync(join(tmpdir(), "rotator-alone-"));
    for (const name of ["dist/cli", "dist/cdk"]) cpSync(name, join(alone, name), { recursive: true });
    const { status, stderr } = run(
      join(alone, "dist/cli/index.mjs"),
      "--config",
      config,
      "--out",
      join(alone, "out"),
    );
    expect(stderr).toBe(
      "Error: This command needs aws-cdk-lib and constructs.\nInstall them: npm install aws-cdk-lib constructs\n",
    );
    expect(status).toBe(2);
    expect(existsSync(join(alone, "out"))).toBe(false);
  });

  it.each([
    [["--context", "alertEmial=ops@example.com"], "alertEmail"],
    [["--context", "alertEmail"], "Write --context NAME=VALUE."],
    [["--config", "nowhere.json"], "nowhere.json"],
    [["--bucket", "My Bucket"], "must be the name of a bucket"],
  ])("rejects %j and writes nothing", (args, message) => {
    const target = join(folder, "refused");
    const { status, stderr } = run("dist/cli/index.mjs", "--config", config, "--out", target, ...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    expect(existsSync(target)).toBe(false);
  });
});
