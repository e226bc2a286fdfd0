import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { playDemo } from "../sandbox/demo/play.ts";
import { serve } from "../sandbox/demo/serve.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { requireTemporaryFolder } from "./files.ts";
import { exampleText } from "./help.ts";

const DESCRIPTION = `Start local stand-ins for AWS, Confluent and providers, and the function that uses them.

Nothing leaves this machine. The sandbox runs until Ctrl-C and prints commands to try.`;

export function sandboxCommand({ out, onInterrupt, exitWith }: CommandContext): CommandUnknownOpts {
  return new Command("sandbox")
    .summary("Start local stand-ins for AWS, Confluent and providers")
    .description(DESCRIPTION)
    .option("--demo", "play the scenarios of npm start, then exit")
    .option("--serve", "run until Ctrl-C, as without --demo")
    .addHelpText(
      "after",
      exampleText(out, [
        ["sandbox", "try the commands"],
        ["sandbox --demo", "scenarios with events, bad keys, alerts and statements"],
      ]),
    )
    .action(async ({ demo = false, serve: isServing = false }) => {
      requireTemporaryFolder();
      if (demo && !isServing) return exitWith((await playDemo(out)) ? EXIT.ok : EXIT.failed);
      const interrupt = Promise.withResolvers<void>();
      const release = onInterrupt(interrupt.resolve);
      await serve(out, interrupt.promise).finally(release);
    });
}
