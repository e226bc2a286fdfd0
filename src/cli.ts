import { followAwsCli, selectAws } from "./cli/aws-environment.ts";
import { EXIT } from "./cli/context.ts";
import { main } from "./cli/main.ts";
import { ask } from "./terminal/ask.ts";
import { Terminal } from "./terminal/terminal.ts";

/** Ctrl-C, the end of a job and the end of a terminal. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

// A reader such as `head` may close the pipe early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE")
    process.stderr.write(`Error: The output could not be written (${error.code}).\n`);
  process.exit(error.code === "EPIPE" ? undefined : EXIT.failed);
});

// Closing the terminal must not end a command that still has to restore a key.
process.stderr.on("error", () => undefined);

followAwsCli(process.env);
const code = await main(process.argv.slice(2), {
  env: process.env,
  out: new Terminal(process.stdout),
  err: new Terminal(process.stderr),
  ask,
  isInteractive: process.stdin.isTTY && process.stderr.isTTY,
  useAws: (choice) => selectAws(process.env, choice),
  onInterrupt: (handler) => {
    for (const signal of SIGNALS) process.on(signal, handler);
    return () => {
      for (const signal of SIGNALS) process.off(signal, handler);
    };
  },
});
process.exitCode = code;
// Requests in progress would keep the process alive.
if (code === EXIT.interrupted) process.exit();
