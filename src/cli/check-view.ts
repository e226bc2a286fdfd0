import { counted } from "../rotation/wording.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Finding } from "./checks/check.ts";
import { fold } from "./folding.ts";
import { factLines } from "./problem.ts";

/** Failed checks first, then remarks, then passed checks. */
export function checkLines(terminal: Terminal, findings: readonly Finding[], all: boolean): string[] {
  const inState = (state: Finding["state"]) => findings.filter((finding) => finding.state === state);
  const failed = inState("failed");
  const { shown, folded } = fold(terminal, inState("passed"), all);
  const open = [...failed, ...inState("remark"), ...shown];
  return [
    ...open.flatMap((finding) => findingLines(terminal, finding)),
    ...(folded.length > 0 ? [`${terminal.mark(true)} ${folded.length} passed (--all shows them)`] : []),
    "",
    failed.length === 0
      ? "All checks passed."
      : `${failed.length} of ${counted(findings.length, "check")} failed.`,
  ];
}

function findingLines(terminal: Terminal, finding: Finding): string[] {
  const { secret, subject, message, ...facts } = finding;
  const text = secret === undefined ? message : `${secret}: ${message}`;
  const [first = "", ...rest] = terminal.wrap(`${subject}: ${text}`, "    ");
  return [`${mark(terminal, finding)} ${first.trimStart()}`, ...rest, ...factLines(terminal, facts)];
}

function mark(terminal: Terminal, { state }: Finding): string {
  return state === "remark" ? terminal.paint("yellow", "!") : terminal.mark(state === "passed");
}
