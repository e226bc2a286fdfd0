import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONNECTION_STATES } from "../../src/cli/connection-status.ts";
import { explainedWords } from "../../src/cli/explain.ts";
import { parseRunbook, renderMarkdown } from "../../src/cli/runbook.ts";
import { ERROR_CLASSES } from "../../src/rotation/errors.ts";
import { OUTCOMES } from "../../src/rotation/report/schema.ts";
import { runCli } from "../support/child.ts";
import { startOperator } from "../support/operator.ts";
import { fakeTerminal } from "../support/terminal.ts";

const RUNBOOK = readFileSync("docs/runbook.md", "utf8");
const ONE = { connections: [{ name: "a", secret: "openai" }] };

describe("explain", () => {
  it("knows every error class, outcome and state", () => {
    const words = explainedWords(parseRunbook(RUNBOOK));
    expect(words).toEqual(expect.arrayContaining([...ERROR_CLASSES, ...OUTCOMES, ...CONNECTION_STATES]));
  });

  it.each(ERROR_CLASSES)("has a section about the error class %s that says what to do", async (word) => {
    const { run } = await startOperator(ONE);
    const { code, out } = await run(["explain", word]);
    expect(out).toMatch(new RegExp(`^${word}: `));
    expect(out).toMatch(/Fix/);
    expect(code).toBe(0);
  });

  it.each([...OUTCOMES, ...CONNECTION_STATES, "INVALID_AUTH", "Rejected", "down now"])(
    "explains %s",
    async (word) => {
      const { run } = await startOperator(ONE);
      const { code, out } = await run(["explain", ...word.split(" ")]);
      expect(out.length).toBeGreaterThan(word.length + 20);
      expect(code).toBe(0);
    },
  );

  it.each([60, 80, 120])("fits a terminal of %i columns", async (columns) => {
    const { run } = await startOperator(ONE);
    for (const args of [["explain"], ["explain", "rejected"], ["explain", "timeout"]]) {
      const { out } = await run(args, { isTTY: true, columns, env: { NO_COLOR: "1" } });
      for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it("explains the first words of every alert", async () => {
    const { run } = await startOperator(ONE);
    const texts = globSync("test/rotation/alert/texts/*.txt").map((file) => readFileSync(file, "utf8"));
    const words = texts.flatMap((text) => [
      ...text.matchAll(/(?<=\[|, )(?:STILL )?([A-Z][A-Z ]+?)(?= \d|\])/g),
    ]);
    const distinct = [...new Set(words.map(([, word = ""]) => word))];
    expect(distinct).toEqual(expect.arrayContaining(["DOWN", "NOT KNOWN", "NOT ROTATED"]));
    for (const word of distinct) {
      const { code, out } = await run(["explain", ...word.split(" ")]);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(new RegExp(`^${word}: `)) });
    }
  });

  it("suggests a similar word", async () => {
    const { run } = await startOperator(ONE);
    const { code, err } = await run(["explain", "rejectd"]);
    expect(err).toContain('The runbook does not explain "rejectd".\nDid you mean "rejected"?');
    expect(code).toBe(2);
  });

  it("has the text of docs/runbook.md in the bundle", async () => {
    const { stdout } = await runCli(["explain", "guard"], {}, "/");
    expect(stdout).toContain("The live connection has another type or endpoint");
  });
});

describe("renderMarkdown", () => {
  it("wraps paragraphs, indents items, and shows links as text", () => {
    const { terminal } = fakeTerminal({ columns: 30, env: { NO_COLOR: "1" } });
    const text =
      "**Means.** See\n[this](a.md) or `npx . status`.\n\n- one\n- two that is longer than the line\n\n```sh\nnpx . check\n```";
    expect(renderMarkdown(terminal, text)).toEqual([
      "Means. See this or",
      "flink-connection-rotator",
      "status.",
      "",
      "- one",
      "- two that is longer than the",
      "  line",
      "",
      "    flink-connection-rotator check",
    ]);
  });
});
