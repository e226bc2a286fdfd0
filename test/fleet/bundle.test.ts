import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the fleet's bundle exports both handlers and needs no other file", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-bundle-"));
  copyFileSync("dist/fleet/index.mjs", join(folder, "index.mjs"));
  const script =
    'import("./index.mjs").then(({ handler, alert }) => console.log(typeof handler, typeof alert))';
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect({ stdout, stderr }).toEqual({ stdout: "function function\n", stderr: "" });
});
