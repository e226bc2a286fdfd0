import { describe, expect, it } from "vitest";
import type { StatementPage, StatementState } from "../../../src/rotation/statements/api.ts";
import { listStatements } from "../../../src/rotation/statements/list.ts";

const statement = (name: string, phase = "RUNNING"): StatementState => ({
  name,
  phase,
  isKeyRefused: false,
  isResumable: true,
});

/** A service with one page for each token; the first has none. */
function service(pages: Readonly<Record<string, StatementPage>>) {
  const asked: (string | undefined)[] = [];
  const list = async (token?: string): Promise<StatementPage> => {
    asked.push(token);
    return pages[token ?? "first"] ?? { statements: [] };
  };
  return { asked, list };
}

describe("the list of an environment's statements", () => {
  it("contains the statements of every page", async () => {
    const { asked, list } = service({
      first: { statements: [statement("a")], nextToken: "second" },
      second: { statements: [statement("b")], nextToken: "third" },
      third: { statements: [statement("c")] },
    });
    expect((await listStatements({ list })).map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(asked).toEqual([undefined, "second", "third"]);
  });

  it("contains a statement only once if it moves to a later page between two reads", async () => {
    const { list } = service({
      first: { statements: [statement("a"), statement("b")], nextToken: "second" },
      second: { statements: [statement("a", "STOPPED")] },
    });
    expect(await listStatements({ list })).toEqual([statement("a", "STOPPED"), statement("b")]);
  });

  it("ends if a page token repeats", async () => {
    const { asked, list } = service({
      first: { statements: [statement("a")], nextToken: "second" },
      second: { statements: [statement("b")], nextToken: "second" },
    });
    expect(await listStatements({ list })).toHaveLength(2);
    expect(asked.length).toBeLessThan(5);
  });

  it("ends if the pages repeat under new tokens", async () => {
    let page = 0;
    const list = async (): Promise<StatementPage> => {
      page += 1;
      if (page > 10) throw new Error("The list does not end.");
      return { statements: [statement(page % 2 === 0 ? "a" : "b")], nextToken: `token-${page}` };
    };
    expect(await listStatements({ list })).toHaveLength(2);
  });
});
