import { describe, expect, it } from "vitest";
import { KEY, startOperator } from "../support/operator.ts";
import { THREE } from "./connections.ts";

describe("rotate", () => {
  it("asks for confirmation on a terminal before it rotates everything, and sends nothing unless the answer is yes", async () => {
    const { run, confluent } = await startOperator({ connections: THREE });
    const questions: string[] = [];
    const { code, err } = await run(["rotate"], {
      answer: (question) => {
        questions.push(question);
        return "n";
      },
    });
    expect(questions).toEqual(["Send the current keys to 3 connections in prod? [y/N] "]);
    expect(err).toContain(
      "The answer was not yes, so nothing was sent. With --yes, the command does not ask.",
    );
    expect(confluent.requests).toEqual([]);
    expect(code).toBe(130);
  });

  it.each([
    ["everything, once the answer is yes", ["rotate"], "yes"],
    ["everything with --yes", ["rotate", "--yes"], undefined],
    ["named connections", ["rotate", "a"], undefined],
    ["the connections of a secret", ["rotate", "--secret", "openai"], undefined],
  ])("rotates %s without asking again", async (_what, args, answer) => {
    const { run, held } = await startOperator({ connections: THREE });
    const { code } = await run(args, { answer: () => answer });
    expect(held("a")["API_KEY"]).toBe(KEY);
    expect(code).toBe(0);
  });

  it("does not ask before a dry run", async () => {
    const { run } = await startOperator({ connections: THREE });
    expect((await run(["rotate", "--dry-run"], { answer: () => undefined })).code).toBe(0);
  });
});
