import { type StdioOptions, spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { transform } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const LAUNCHER = resolve(packageJson.bin["flink-connection-rotator"]);
const folder = mkdtempSync(join(tmpdir(), "rotator-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the launcher from another folder, in a Node that claims to be `version`. */
function launch(launcher: string, args: readonly string[], version = process.versions.node) {
  const disguise = join(folder, `${version}.cjs`);
  writeFileSync(disguise, `Object.defineProperty(process.versions, "node", { value: "${version}" });`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--require", disguise, launcher, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("the command that npm installs", () => {
  it("starts the command line from any folder, with its exit code", () => {
    expect(launch(LAUNCHER, ["--version"])).toEqual({
      status: 0,
      stdout: `${packageJson.version}\n`,
      stderr: "",
    });
    expect(launch(LAUNCHER, ["nonsense"])).toMatchObject({ status: 2, stdout: "" });
  });

  it.runIf(existsSync("/dev/full"))("says in one line that the output cannot be written", () => {
    const full = openSync("/dev/full", "w");
    const stdio: StdioOptions = ["ignore", full, "pipe"];
    const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, "explain"], {
      stdio,
      encoding: "utf8",
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "Error: The output could not be written (ENOSPC).\n",
    });
  });

  it.each([["sandbox"], ["sandbox", "--demo"], ["template", "--out", "out"]])(
    "%s %s ends at once if there is no folder for temporary files",
    (...args) => {
      const TMPDIR = join(folder, "missing");
      const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, TMPDIR },
      });
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: `Error: The folder ${TMPDIR} for temporary files cannot be written (ENOENT).\nSet TMPDIR to a folder that can be written.\n`,
      });
    },
  );

  it.each(["12.22.12", "18.20.0", "20.20.2", "22.18.0"])(
    "says in one line which version it needs on Node %s",
    (version) => {
      expect(launch(LAUNCHER, ["--version"], version)).toEqual({
        status: 2,
        stdout: "",
        stderr: `flink-connection-rotator needs Node ${packageJson.engines.node.slice(2)} or newer, and this is Node ${version}.\n`,
      });
    },
  );

  it.each(["22.19.0", "23.0.0", "100.1.0"])("starts on Node %s", (version) => {
    expect(launch(LAUNCHER, ["--version"], version)).toMatchObject({ status: 0 });
  });

  it("has a syntax that Node 12 can parse", async () => {
    const code = readFileSync(LAUNCHER, "utf8");
    const [old, current] = await Promise.all([transform(code, { target: "node12.22" }), transform(code)]);
    expect(old.code).toBe(current.code);
    expect(code).not.toContain("node:");
  });

  it("says what to run if npm was run without scripts", () => {
    mkdirSync(join(folder, "checkout/bin"), { recursive: true });
    cpSync("package.json", join(folder, "checkout/package.json"));
    cpSync(LAUNCHER, join(folder, "checkout/bin/launcher.cjs"));
    expect(launch(join(folder, "checkout/bin/launcher.cjs"), ["check"], "20.20.2")).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "flink-connection-rotator is not built, since npm ran without scripts. Run: npm rebuild && npm run build\n",
    });
  });
});
