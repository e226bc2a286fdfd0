import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { type Column, tableLines } from "../../src/terminal/table.ts";
import { fakeTerminal } from "../support/terminal.ts";

const COLUMNS: readonly Column[] = [
  { title: "ENVIRONMENT", rank: 1 },
  { title: "CONNECTION" },
  { title: "TYPE", rank: 3 },
  { title: "VERSION", rank: 2 },
  { title: "SECRET" },
];
const NAME = "support-assistant-of-the-european-customer-service-openai";
const SECRET = "production/flink/connections/openai/customer-service-europe";

function lines(columns: number, rows: readonly (readonly string[])[]): string[] {
  const { terminal } = fakeTerminal({ columns, env: { NO_COLOR: "1" } });
  return tableLines(
    terminal,
    COLUMNS,
    rows.map((row) => row.map((text) => ({ text }))),
  );
}

describe("a table on a terminal", () => {
  it.each([200, 120, 80, 60, 40])("is no wider than %i columns", (columns) => {
    const all = lines(columns, [["prod", NAME, "OPENAI", "1234abcd", SECRET]]);
    expect(Math.max(...all.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });

  it.each([120, 80, 60, 40])("shows every character of a long name in %i columns", (columns) => {
    const all = lines(columns, [["", NAME, "", "", ""]]);
    expect(all.slice(1).join("").replaceAll(" ", "")).toBe(NAME);
  });

  it("breaks names at word boundaries", () => {
    const all = lines(60, [["prod", NAME, "OPENAI", "1234abcd", SECRET]]);
    expect(all).toEqual([
      "  CONNECTION                    SECRET",
      "  support-assistant-of-the-     production/flink/",
      "  european-customer-service-    connections/openai/customer-",
      "  openai                        service-europe",
    ]);
  });

  it("omits the columns of the highest rank first", () => {
    const row = ["prod", "support-openai", "OPENAI", "1234abcd", "prod/openai"];
    const titles = (columns: number) => lines(columns, [row])[0]?.trim().split(/ +/);
    expect(titles(80)).toEqual(["ENVIRONMENT", "CONNECTION", "TYPE", "VERSION", "SECRET"]);
    expect(titles(55)).toEqual(["ENVIRONMENT", "CONNECTION", "VERSION", "SECRET"]);
    expect(titles(45)).toEqual(["ENVIRONMENT", "CONNECTION", "SECRET"]);
    expect(titles(30)).toEqual(["CONNECTION", "SECRET"]);
  });

  it("counts two columns for a wide character", () => {
    const [, wide = "", narrow = ""] = lines(80, [
      ["prod", "客户服务", "OPENAI", "1234abcd", "s"],
      ["prod", "a", "OPENAI", "1234abcd", "s"],
    ]);
    expect(stringWidth(wide)).toBe(stringWidth(narrow));
  });

  it("breaks a word that is longer than its column", () => {
    const all = lines(20, [["", "x".repeat(40), "", "", ""]]);
    expect(all.slice(1).join("").replaceAll(" ", "")).toBe("x".repeat(40));
  });
});

describe("a table in a pipe", () => {
  it("has every column and one line for each row", () => {
    const { terminal } = fakeTerminal({ isTTY: false, columns: 40 });
    const cells = ["prod", NAME, "OPENAI", "1234abcd", SECRET].map((text) => ({ text }));
    const [head, row, ...more] = tableLines(terminal, COLUMNS, [cells]);
    expect(head).toMatch(/ENVIRONMENT +CONNECTION +TYPE +VERSION +SECRET/);
    expect(row).toContain(`${NAME}  OPENAI  1234abcd  ${SECRET}`);
    expect(more).toEqual([]);
  });
});
