import { writeSync } from "node:fs";
import { allowOnlyLoopback } from "./loopback-guard.ts";

/** For a process that a test starts, with `--import`: it ends at once if it connects beyond this machine. */
allowOnlyLoopback((host) => {
  writeSync(2, `A test tried to connect to ${host}.\n`);
  process.exit(97);
});
