import { shellQuote } from "../rotation/report/commands.ts";
import type { Context } from "./context.ts";

/** The option that a command needs to read this file. */
export function configArgument(file: string, { env }: Pick<Context, "env">): string {
  return file === (env["CONNECTIONS_FILE"] || "connections.json") ? "" : ` --config ${shellQuote(file)}`;
}
