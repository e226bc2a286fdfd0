import type { Terminal } from "../../terminal/terminal.ts";
import { alertLines } from "./alert.ts";
import { startDemoSandbox } from "./environment.ts";
import { START_SANDBOX } from "./invocation.ts";
import { watchRun } from "./progress.ts";
import { type DemoContext, SCENARIOS, type Scenario } from "./scenarios.ts";

/** Plays the scenarios against the sandbox with the built function. @returns whether all assertions held. */
export async function playDemo(
  terminal: Terminal,
  scenarios: readonly Scenario[] = SCENARIOS,
): Promise<boolean> {
  const sandbox = await startDemoSandbox((event) => context.onEvent(event));
  const context: DemoContext = { ...sandbox, terminal, onEvent: () => undefined };
  let hasPassed = false;
  try {
    terminal.print(
      `Secrets Manager and SNS at ${sandbox.aws.url}, Confluent's connections API at ${sandbox.confluent.url},`,
      `the providers of the keys at ${sandbox.providers.url}.`,
      "The function is the built bundle, dist/lambda/index.mjs, in its own process.",
    );
    hasPassed = await playAll(context, scenarios);
  } finally {
    await sandbox.close(!hasPassed);
  }
  if (hasPassed)
    terminal.print(
      "",
      terminal.paint("green", "All scenarios passed."),
      `To try it yourself: ${START_SANDBOX}`,
    );
  else terminal.print("", terminal.paint("red", `A scenario failed. The function's log: ${sandbox.logFile}`));
  return hasPassed;
}

async function playAll(context: DemoContext, scenarios: readonly Scenario[]): Promise<boolean> {
  const { terminal, aws } = context;
  for (const [index, scenario] of scenarios.entries()) {
    terminal.print("", terminal.paint("bold", `${index + 1}. ${scenario.title}`), "");
    const alertsBefore = aws.published().length;
    const result = await watchRun(context, scenario.connections, scenario.start(context));
    const alerts = aws.published().slice(alertsBefore);
    terminal.print("", ...alerts.flatMap((alert) => [...alertLines(terminal, alert), ""]));
    const assertions = scenario.assertions(context, { result, alerts });
    terminal.print(...assertions.map(([text, holds]) => checkLine(terminal, text, holds)));
    if (!assertions.every(([, holds]) => holds)) return false;
  }
  return true;
}

function checkLine(terminal: Terminal, text: string, holds: boolean): string {
  return `  ${terminal.mark(holds)} ${text}`;
}
