import * as z from "zod/mini";
import type { Terminal } from "../../terminal/terminal.ts";
import type { SecretLabelUpdated } from "../aws/secret-store.ts";
import type { RotatorResult } from "../function-process.ts";
import { alertLines } from "./alert.ts";
import { CONNECTIONS, type DemoConnection } from "./connections.ts";
import { type DemoSandbox, startDemoSandbox } from "./environment.ts";
import { instructions } from "./instructions.ts";
import { watchRun } from "./progress.ts";

const call = z.object({ connections: z.optional(z.array(z.string())) });

interface Started {
  /** What started the run. */
  readonly start: string;
  readonly event: unknown;
  /** Those that the run may update. */
  readonly connections: readonly DemoConnection[];
}

/** Runs the sandbox and the function until `end`. Each new value of a secret and each asynchronous call starts a run, which is shown. */
export async function serve(terminal: Terminal, end: Promise<unknown>): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const show = (started: Started) => {
    last = last.then(() => showRun(terminal, sandbox, started)).catch(printError);
  };
  const sandbox = await startDemoSandbox(
    (event) => show(startedByEvent(event)),
    (event) => show(startedByCall(event)),
  );
  const printError = (error: unknown) => terminal.print(terminal.paint("red", String(error)));
  terminal.print(...instructions(terminal, sandbox));
  await end;
  await sandbox.close();
}

function startedByEvent(event: SecretLabelUpdated): Started {
  const { name } = event.detail;
  const connections = CONNECTIONS.filter(({ secret }) => secret === name);
  return { start: `${name} has a new value, and its event starts a run`, event, connections };
}

function startedByCall(event: unknown): Started {
  const named = call.safeParse(event).data?.connections;
  const connections = CONNECTIONS.filter(
    ({ environment, name }) => named?.some((each) => [name, `${environment}/${name}`].includes(each)) ?? true,
  );
  return { start: "A call starts a run", event, connections };
}

async function showRun(
  terminal: Terminal,
  { aws, confluent, rotator }: DemoSandbox,
  { start, event, connections }: Started,
): Promise<void> {
  const time = new Date().toLocaleTimeString("en-GB");
  terminal.print("", terminal.paint("bold", `${time}  ${start}`), "");
  const alertsBefore = aws.published().length;
  const result = await watchRun({ confluent, terminal }, connections, rotator.invoke(event));
  const alerts = aws.published().slice(alertsBefore);
  terminal.print(
    "",
    resultLine(terminal, result),
    ...alerts.flatMap((alert) => ["", ...alertLines(terminal, alert)]),
  );
}

function resultLine(terminal: Terminal, result: RotatorResult): string {
  if ("error" in result) return `  ${terminal.mark(false)} ${result.error}`;
  const { outcome, counts } = result.report;
  return `  ${terminal.mark(true)} The run ${outcome}: ${counts["ready"]} ready.`;
}
