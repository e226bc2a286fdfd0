import { COMMAND_LINE } from "../sandbox/demo/invocation.ts";

export const NAME = "flink-connection-rotator";

/** How the program was started, so that the commands in messages can be pasted. */
export const PROGRAM = programName(process.env);

export function programName(env: Readonly<Record<string, string | undefined>>): string {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = "" } = env;
  return event === "npx" && script.includes(NAME) ? COMMAND_LINE : NAME;
}
