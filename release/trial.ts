import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { VERSION } from "../src/version.ts";
import { bundledLibraries } from "./bundled.ts";
import { writeJson } from "./json.ts";

const NODES = ["22", "24"];
const APP = `import { App, Stack } from "aws-cdk-lib";
import { ConnectionRotator, type ConnectionRotatorProps } from "flink-connection-rotator/cdk";

const props: ConnectionRotatorProps = { configFile: "connections.json", alertEmails: ["ops@example.com"] };
const app = new App();
new ConnectionRotator(new Stack(app, "Trial"), "Rotator", props);
app.synth();
`;
const COMPILER_OPTIONS = {
  module: "nodenext",
  target: "es2022",
  strict: true,
  skipLibCheck: true,
  types: ["node"],
};

const { peerDependencies } = z
  .object({ peerDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));
const lowest = (name: string) => `${name}@${peerDependencies[name]?.replace("^", "")}`;
const newest = (name: string) => `${name}@latest`;

const TARBALL = resolve(`dist/release/flink-connection-rotator-${VERSION}.tgz`);

/** Installs the package as a user does and tries the command line on each Node and the construct with each CDK. */
function tryPackage(): void {
  for (const node of NODES) tryCommandLine(node);
  for (const version of [lowest, newest]) tryConstruct(["aws-cdk-lib", "constructs"].map(version));
}

function tryCommandLine(node: string): void {
  const folder = install([`node@${node}`]);
  const run = (...args: string[]) => execute(folder, "flink-connection-rotator", ...args);
  if (run("--version").trim() !== VERSION)
    throw new Error(`--version of the package on Node ${node} is wrong.`);
  if (!run("sandbox", "--demo").includes("npx flink-connection-rotator sandbox"))
    throw new Error("The demo of the package does not say how to start its sandbox.");
  const libraries = bundledLibraries();
  for (const { name, version } of libraries) {
    const { version: installed } = JSON.parse(
      readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"),
    );
    if (installed !== version)
      throw new Error(`An audit sees ${name} ${installed}, but ${version} is bundled.`);
  }
  console.log(
    `Node ${node}: --version and the demo work; an audit sees all ${libraries.length} bundled libraries.`,
  );
}

function tryConstruct(cdk: readonly string[]): void {
  const folder = install([...cdk, "node@22", "typescript@5", "@types/node@22"]);
  for (const extension of ["cts", "mts"]) writeFileSync(join(folder, `app.${extension}`), APP);
  writeJson(join(folder, "tsconfig.json"), { compilerOptions: COMPILER_OPTIONS });
  execute(folder, "tsc");
  for (const extension of ["cjs", "mjs"]) execute(folder, "node", `app.${extension}`);
  execute(folder, "flink-connection-rotator", "template", "--out", "out");
  console.log(`${cdk.join(", ")}: type-checks and synthesizes in CommonJS and ES modules; template works.`);
}

function install(packages: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "rotator-trial-"));
  cpSync("connections.example.json", join(folder, "connections.json"));
  // Without this, npm does not run the script that installs the chosen Node.
  writeJson(join(folder, "package.json"), { private: true, allowScripts: { node: true } });
  execute(folder, "npm", "install", "--no-audit", "--no-fund", TARBALL, ...packages);
  return folder;
}

/** Runs a command without npm's variables and with the binaries installed in the folder. */
function execute(cwd: string, command: string, ...args: string[]): string {
  const { PATH = "", HOME = "" } = process.env;
  const outside = PATH.split(":").filter((entry) => !entry.includes("node_modules"));
  const env = { HOME, PATH: [join(cwd, "node_modules/.bin"), ...outside].join(":"), NO_COLOR: "1" };
  return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

tryPackage();
