import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const ONE = { connections: [{ name: "a", secret: "openai" }] };

describe("an error with --json", () => {
  it.each([
    ["a command that does not exist", ["stauts", "--json"], 2, "usage", 'There is no command "stauts".'],
    ["an option that does not exist", ["status", "--jsn", "--json"], 2, "usage", "Unknown option '--jsn'."],
    ["a name that is not listed", ["rotate", "b", "--json"], 2, "usage", 'No connection "b" is listed'],
    ["no file", ["status", "--config", "/nowhere.json", "--json"], 2, "usage", "There is no /nowhere.json."],
  ])("is JSON on standard output for %s", async (_what, args, expected, errorClass, message) => {
    const { run } = await startOperator(ONE);
    const { code, out, err } = await run(args);
    const { error } = JSON.parse(out);
    expect(error).toEqual({
      class: errorClass,
      message: expect.stringContaining(message),
      nextStep: expect.stringMatching(/\w/),
    });
    expect({ code, err }).toEqual({ code: expected, err: "" });
  });

  it("lists each fault of connections.json", async () => {
    const { run } = await startOperator({ ...ONE, config: { refresh: "never", rollout: 1 } });
    const { code, out } = await run(["status", "--json"]);
    const { error } = JSON.parse(out);
    expect(error).toMatchObject({ class: "config", nextStep: expect.stringContaining("Correct the file") });
    expect(error.issues).toHaveLength(2);
    expect(code).toBe(2);
  });

  it("gives advice about a variable that is not the file", async () => {
    const { run } = await startOperator(ONE);
    process.env["HTTPS_PROXY"] = "http://";
    const { code, out } = await run(["status", "--json"]);
    const { error } = JSON.parse(out);
    expect(error).toMatchObject({
      class: "config",
      nextStep: "Nothing was read or sent. Correct the variable, or unset it.",
    });
    expect(code).toBe(2);
  });

  it("has an error class of the report if AWS cannot be reached", async () => {
    const { run, aws } = await startOperator(ONE);
    await aws.close();
    const { code, out } = await run(["status", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ error: { class: "unreachable" } });
    expect(code).toBe(1);
  });
});

describe("an error without --json", () => {
  it("is wrapped on a narrow terminal and leaves standard output empty", async () => {
    const { run } = await startOperator(ONE);
    const { out, err } = await run(["rotate", "b"], { isTTY: true, columns: 40, env: { NO_COLOR: "1" } });
    expect(err).toBe('Error: No connection "b" is listed in\nconnections.json.\nDid you mean "a"?\n');
    expect(out).toBe("");
  });
});
