import type { Terminal } from "../../terminal/terminal.ts";
import type { SecretLabelUpdated } from "../aws/secret-store.ts";
import type { RotatorResult } from "../function-process.ts";
import { alertLines } from "./alert.ts";
import { CONNECTIONS } from "./connections.ts";
import { type DemoSandbox, startDemoSandbox } from "./environment.ts";
import { instructions } from "./instructions.ts";
import { watchRun } from "./progress.ts";

/** Runs the sandbox and the function until `end`. Each new value of a secret starts a run, which is shown. */
export async function serve(terminal: Terminal, end: Promise<unknown>): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const sandbox = await startDemoSandbox((event) => {
    last = last.then(() => showRun(terminal, sandbox, event)).catch(printError);
  });
  const printError = (error: unknown) => terminal.print(terminal.paint("red", String(error)));
  terminal.print(...instructions(terminal, sandbox));
  await end;
  await sandbox.close();
}

async function showRun(terminal: Terminal, sandbox: DemoSandbox, event: SecretLabelUpdated): Promise<void> {
  const { aws, confluent, rotator } = sandbox;
  const { name } = event.detail;
  const connections = CONNECTIONS.filter(({ secret }) => secret === name);
  const time = new Date().toLocaleTimeString("en-GB");
  terminal.print(
    "",
    terminal.paint("bold", `${time}  ${name} has a new value, and its event starts a run`),
    "",
  );
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
  if ("error" in result) return `  ${terminal.paint("red", "✗")} ${result.error}`;
  const { outcome, counts } = result.report;
  return `  ${terminal.paint("green", "✓")} The run ${outcome}: ${counts["ready"]} ready.`;
}
