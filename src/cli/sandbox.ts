import { playDemo } from "../sandbox/demo/play.ts";
import { serve } from "../sandbox/demo/serve.ts";
import { type Command, EXIT } from "./command.ts";

export const sandbox: Command = {
  summary: "Starts local stand-ins of AWS and Confluent, with the function between them",
  about: ["Nothing leaves this machine. It runs until Ctrl-C, and prints what to try."],
  options: {
    demo: { help: "play the scenario of npm start, and end" },
    serve: { help: "run until Ctrl-C, as without --demo" },
  },
  examples: [
    ["sandbox", "try things out"],
    ["sandbox --demo", "a rotation, an event and an alert in twenty seconds"],
  ],
  run: async (input, { out, onInterrupt }) => {
    if (input.flag("demo") && !input.flag("serve")) return (await playDemo(out)) ? EXIT.ok : EXIT.failed;
    const interrupt = Promise.withResolvers<void>();
    const release = onInterrupt(interrupt.resolve);
    await serve(out, interrupt.promise).finally(release);
    return EXIT.ok;
  },
};
