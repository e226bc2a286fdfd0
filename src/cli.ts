import { once } from "node:events";
import { playDemo } from "./sandbox/demo.ts";
import { serve } from "./sandbox/serve.ts";
import { Terminal } from "./terminal/terminal.ts";

const terminal = new Terminal(process.stdout);
if (process.argv.includes("--serve")) {
  await serve(terminal, Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]));
} else process.exitCode = (await playDemo(terminal)) ? 0 : 1;
