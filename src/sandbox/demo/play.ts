import type { Terminal } from "../../terminal/terminal.ts";
import { startDemoWorld } from "./environment.ts";
import { watchRun } from "./progress.ts";
import { ACTS, type Act, type Play } from "./scenarios.ts";

/** Plays the acts against the sandboxes with the built function. @returns whether each ended as it should. */
export async function playDemo(terminal: Terminal, acts: readonly Act[] = ACTS): Promise<boolean> {
  const world = await startDemoWorld((event) => play.onEvent(event));
  const play: Play = { ...world, terminal, onEvent: () => undefined };
  let isGood = false;
  try {
    terminal.print(
      `Secrets Manager and SNS at ${world.aws.url}, Confluent's connections API at ${world.confluent.url}.`,
      "The function is the built bundle, dist/lambda/index.mjs, in a process of its own.",
    );
    isGood = await playAll(play, acts);
  } finally {
    await world.close(!isGood);
  }
  const failure = `Something did not go as it should. The function's log: ${world.logFile}`;
  const end = isGood ? terminal.paint("green", "All went as it should.") : terminal.paint("red", failure);
  terminal.print("", end, ...(isGood ? ["To try it yourself: npm start -- --serve"] : []));
  return isGood;
}

async function playAll(play: Play, acts: readonly Act[]): Promise<boolean> {
  const { terminal } = play;
  for (const [index, { title, connections, begin, epilogue, claims }] of acts.entries()) {
    terminal.print("", terminal.paint("bold", `${index + 1}. ${title}`), "");
    const run = await watchRun(play, connections, begin(play));
    terminal.print("", ...(epilogue?.(play) ?? []));
    const judged = claims(play, run);
    terminal.print(...judged.map(([claim, isSo]) => tick(terminal, claim, isSo)));
    if (!judged.every(([, isSo]) => isSo)) return false;
  }
  return true;
}

function tick(terminal: Terminal, claim: string, isSo: boolean): string {
  return `  ${isSo ? terminal.paint("green", "✓") : terminal.paint("red", "✗")} ${claim}`;
}
