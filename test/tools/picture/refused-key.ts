import wrapAnsi from "wrap-ansi";
import * as z from "zod";
import { main } from "../../../src/cli/main.ts";
import type { SecretLabelUpdated } from "../../../src/sandbox/aws/secret-store.ts";
import { awsKey, FORBIDDEN, SHARED_SECRET } from "../../../src/sandbox/demo/connections.ts";
import { type DemoSandbox, startDemoSandbox } from "../../../src/sandbox/demo/environment.ts";
import { Terminal } from "../../../src/terminal/terminal.ts";
import { COLUMNS, Screen, type Span, spansOf } from "./screen.ts";

const MAX_LINES = 25;
const HOUR_MS = 3_600_000;
const byProtocol = z.object({ default: z.string() });
const COMMAND = ["rotate", "--secret", SHARED_SECRET];

export interface RefusedKey {
  /** The terminal of a person who rotates by hand. */
  readonly terminal: readonly (readonly Span[])[];
  /** The alert of the function's run. */
  readonly mail: readonly (readonly Span[])[];
}

/** Real runs with a refused key against the sandbox. */
export async function showRefusedKey(): Promise<RefusedKey> {
  const events: SecretLabelUpdated[] = [];
  const sandbox = await startDemoSandbox((event) => events.push(event));
  try {
    sandbox.aws.putSecret(SHARED_SECRET, awsKey(FORBIDDEN));
    await sandbox.rotator.invoke(events.at(-1));
    const mail = mailLines(sandbox);
    sandbox.aws.putSecret(SHARED_SECRET, awsKey(FORBIDDEN), { createdAt: Date.now() - HOUR_MS });
    return { terminal: await terminalLines(sandbox), mail };
  } finally {
    await sandbox.close();
  }
}

/** @throws Error if the output does not fit an ordinary terminal. */
async function terminalLines({ env }: DemoSandbox): Promise<Span[][]> {
  const screen = new Screen();
  const terminal = new Terminal(screen, {});
  Object.assign(process.env, env);
  await main(COMMAND, {
    env,
    out: terminal,
    err: terminal,
    ask: async () => undefined,
    isInteractive: false,
    useAws: () => undefined,
    onInterrupt: () => () => undefined,
  });
  const lines = [`$ npx . ${COMMAND.join(" ")}`, ...screen.lines].map(spansOf);
  const widest = Math.max(...lines.map((line) => line.reduce((sum, { text }) => sum + text.length, 0)));
  if (lines.length > MAX_LINES || widest > COLUMNS)
    throw new Error(`The output has ${lines.length} lines of up to ${widest} characters.`);
  return lines;
}

function mailLines({ aws }: DemoSandbox): Span[][] {
  const { subject = "", message = "{}" } = aws.published().at(-1) ?? {};
  const text = byProtocol.parse(JSON.parse(message)).default;
  const lines = text.split("\n").flatMap(wrapped);
  return [
    [dim("From     "), plain("AWS Notifications <no-reply@sns.amazonaws.com>")],
    ...wrapAnsi(subject, COLUMNS - 9)
      .split("\n")
      .map((line, index) => [dim(index === 0 ? "Subject  " : " ".repeat(9)), { text: line, code: "1" }]),
    [],
    ...lines.map((line) => [plain(line)]),
  ];
}

/** A line as a mail program wraps it. */
function wrapped(line: string): string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const pieces = wrapAnsi(line.trim(), COLUMNS - indent.length, { hard: true }).split("\n");
  return pieces.map((piece) => `${indent}${piece}`);
}

function plain(text: string): Span {
  return { text, code: "0" };
}

function dim(text: string): Span {
  return { text, code: "2" };
}
