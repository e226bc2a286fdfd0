import { shellQuote } from "../rotation/shell.ts";
import type { Context } from "./context.ts";

/** The file that a command reads without --config. */
export function defaultConfigFile({ env }: Pick<Context, "env">): string {
  return env["CONNECTIONS_FILE"] || "connections.json";
}

/** The option that a command needs to read this file. */
export function configArgument(file: string, context: Pick<Context, "env">): string {
  return file === defaultConfigFile(context) ? "" : ` --config ${shellQuote(file)}`;
}
