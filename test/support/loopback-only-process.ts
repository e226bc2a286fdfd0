import { writeSync } from "node:fs";
import { allowOnlyLoopback } from "./loopback-guard.ts";

/** For processes started by tests, with `--import`: the process ends at once if it connects to another machine. */
allowOnlyLoopback((host) => {
  writeSync(2, `A test tried to connect to ${host}.\n`);
  process.exit(97);
});
