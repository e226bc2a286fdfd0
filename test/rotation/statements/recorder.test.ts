import { describe, expect, it } from "vitest";
import { type StatementEntry, StatementRecorder } from "../../../src/rotation/statements/recorder.ts";

const entry = (name: string, changes: Partial<StatementEntry> = {}): StatementEntry => ({
  environment: "prod",
  name,
  phase: "RUNNING",
  connections: ["openai"],
  action: "reported",
  ...changes,
});

describe("the report's entries for statements", () => {
  it("begin with those that the rotator has stopped and that do not run again", () => {
    const recorder = new StatementRecorder();
    recorder.record(entry("a"));
    recorder.record(entry("b", { action: "not-resumed" }));
    recorder.record(entry("c", { action: "not-restarted" }));
    recorder.record(entry("d", { action: "not-resumed" }));
    expect(recorder.entries().map(({ name }) => name)).toEqual(["b", "d", "a", "c"]);
  });

  it("are one for each statement: the last one", () => {
    const recorder = new StatementRecorder();
    recorder.record(entry("a", { action: "not-resumed" }));
    recorder.record(entry("a", { action: "restarted" }));
    expect(recorder.entries()).toEqual([entry("a", { action: "restarted" })]);
  });

  it("are two for statements of the same name in two environments", () => {
    const recorder = new StatementRecorder();
    recorder.record(entry("a"));
    expect(recorder.has({ environment: "prod", name: "a" })).toBe(true);
    expect(recorder.has({ environment: "test", name: "a" })).toBe(false);
    recorder.record(entry("a", { environment: "test" }));
    expect(recorder.entries()).toHaveLength(2);
  });
});
