import type { Terminal } from "../../terminal/terminal.ts";
import type { SecretLabelUpdated } from "../aws/secret-store.ts";
import type { Invocation } from "../function-process.ts";
import { alertLines } from "./alert.ts";
import { CONNECTIONS, ENVIRONMENTS, ORGANIZATION_ID, REVOKED } from "./connections.ts";
import { type DemoWorld, startDemoWorld } from "./environment.ts";
import { type Stage, watchRun } from "./progress.ts";

/** Keeps the sandboxes and the function running until `end`; what is put into a secret starts a run, and its outcome is shown. */
export async function serve(terminal: Terminal, end: Promise<unknown>): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const world = await startDemoWorld((event) => {
    last = last.then(() => follow({ ...world, terminal }, event)).catch(tell);
  });
  const tell = (error: unknown) => terminal.print(terminal.paint("red", String(error)));
  terminal.print(...instructions(terminal, world));
  await end;
  await world.close();
}

async function follow(stage: Stage, event: SecretLabelUpdated): Promise<void> {
  const { terminal, aws, rotator } = stage;
  const { name } = event.detail;
  const connections = CONNECTIONS.filter(({ secret }) => secret === name);
  const time = new Date().toLocaleTimeString("en-GB");
  terminal.print(
    "",
    terminal.paint("bold", `${time}  ${name} has a new value, and its event starts a run`),
    "",
  );
  const alertsBefore = aws.published().length;
  const run = await watchRun(stage, connections, rotator.invoke(event));
  const alerts = aws.published().slice(alertsBefore);
  terminal.print(
    "",
    outcomeLine(terminal, run),
    ...alerts.flatMap((alert) => ["", ...alertLines(terminal, alert)]),
  );
}

function outcomeLine(terminal: Terminal, run: Invocation): string {
  if ("error" in run) return `  ${terminal.paint("red", "✗")} ${run.error}`;
  const { outcome, counts } = run.report;
  return `  ${terminal.paint("green", "✓")} The run ${outcome}: ${counts["ready"]} ready.`;
}

function instructions(terminal: Terminal, { aws, confluent, env, apiKeys, logFile }: DemoWorld): string[] {
  const exports = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const put = "aws secretsmanager put-secret-value --secret-id prod/openai --secret-string";
  const body = JSON.stringify({ SecretId: "staging/mcp", SecretString: "a-new-token" });
  const connection = `${confluent.url}/sql/v1/organizations/${ORGANIZATION_ID}/environments/${ENVIRONMENTS.prod}/connections/support-openai`;
  const note = (text: string) => terminal.paint("dim", `# ${text}`);
  return [
    `Secrets Manager and SNS at ${aws.url}, Confluent's connections API at ${confluent.url}.`,
    `The function's log: ${logFile}. Ctrl-C ends it all.`,
    "",
    note("In another terminal, so that every command means the sandbox:"),
    `export ${exports.join(" ")}`,
    "",
    note(
      `A new key; one that its provider refuses (any with "${REVOKED}" in it); a new token without the AWS command line:`,
    ),
    `${put} '{"OPENAI_API_KEY":"sk-2"}'`,
    `${put} '{"OPENAI_API_KEY":"sk-${REVOKED}"}'`,
    `curl -H 'x-amz-target: secretsmanager.PutSecretValue' -d '${body}' ${aws.url}`,
    note("What a connection says, and what the topic got:"),
    `curl -u ${apiKeys.prod} ${connection}`,
    `curl ${aws.url}/_sandbox/sns/messages`,
    note("The same through the operator's terminal:"),
    "npx . status",
    "npx . rotate support-openai",
  ];
}
