import { followAwsCli } from "./cli/aws-environment.ts";
import { EXIT } from "./cli/context.ts";
import { main } from "./cli/main.ts";
import { Terminal } from "./terminal/terminal.ts";

// A reader such as `head` may close the pipe early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

followAwsCli(process.env);
const code = await main(process.argv.slice(2), {
  env: process.env,
  out: new Terminal(process.stdout),
  err: new Terminal(process.stderr),
  onInterrupt: (handler) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, handler);
    return () => {
      for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, handler);
    };
  },
});
process.exitCode = code;
// Requests in progress would keep the process alive.
if (code === EXIT.interrupted) process.exit();
