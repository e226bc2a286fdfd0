import { counted } from "../rotation/report/wrap.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Finding } from "./checks/check.ts";
import { fold } from "./folding.ts";
import { factLines } from "./problem.ts";

/** Failed checks first, then remarks, then passed checks. */
export function checkLines(terminal: Terminal, findings: readonly Finding[], all: boolean): string[] {
  const [failed, remarks, passed] = (["failed", "remark", "passed"] as const).map((state) =>
    findings.filter((finding) => finding.state === state),
  );
  const { shown, folded } = fold(terminal, passed ?? [], all);
  const open = [...(failed ?? []), ...(remarks ?? []), ...shown];
  const count = failed?.length ?? 0;
  return [
    ...open.flatMap((finding) => findingLines(terminal, finding)),
    ...(folded.length > 0
      ? [`${terminal.paint("green", "✓")} ${folded.length} passed (--all shows them)`]
      : []),
    "",
    count === 0 ? "All checks passed." : `${count} of ${counted(findings.length, "check")} failed.`,
  ];
}

function findingLines(terminal: Terminal, finding: Finding): string[] {
  const { secret, subject, message, ...facts } = finding;
  const text = secret === undefined ? message : `${secret}: ${message}`;
  const [first = "", ...rest] = terminal.wrap(`${subject}: ${text}`, "    ");
  return [`${mark(terminal, finding)} ${first.trimStart()}`, ...rest, ...factLines(terminal, facts)];
}

function mark(terminal: Terminal, { state }: Finding): string {
  switch (state) {
    case "passed":
      return terminal.paint("green", "✓");
    case "failed":
      return terminal.paint("red", "✗");
    case "remark":
      return terminal.paint("yellow", "!");
  }
}
