import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder: string | undefined;

/** Gives all tests and their child processes one temporary folder, which is removed after the last test. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), "rotator-tests-"));
  process.env["TMPDIR"] = folder;
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
