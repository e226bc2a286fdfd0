import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Slots } from "../../../src/rotation/statements/slots.ts";

/** Tasks that have begun, and how to end each. */
function tasks(slots: Slots) {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const start = (name: string): Promise<string> => {
    const result = Promise.withResolvers<string>();
    ends.set(name, result);
    return slots.run(() => {
      begun.push(name);
      return result.promise;
    });
  };
  const end = (name: string) => ends.get(name)?.resolve(name);
  const fail = (name: string) => ends.get(name)?.reject(new Error(`${name} failed`));
  return { begun, start, end, fail };
}

describe("two slots", () => {
  it("let two tasks run at a time and start the next one as soon as one has ended", async () => {
    const { begun, start, end } = tasks(new Slots(2));
    const results = ["a", "b", "c", "d"].map(start);
    await setImmediate();
    expect(begun).toEqual(["a", "b"]);
    end("b");
    await setImmediate();
    expect(begun).toEqual(["a", "b", "c"]);
    for (const name of ["a", "c", "d"]) end(name);
    expect(await Promise.all(results)).toEqual(["a", "b", "c", "d"]);
  });

  it("are free again after two tasks have ended", async () => {
    const { begun, start, end } = tasks(new Slots(2));
    const first = [start("a"), start("b")];
    end("a");
    end("b");
    await Promise.all(first);
    for (const name of ["c", "d", "e"]) void start(name);
    await setImmediate();
    expect(begun).toEqual(["a", "b", "c", "d"]);
  });

  it("are free again after a task that fails", async () => {
    const { begun, start, fail } = tasks(new Slots(2));
    const failed = start("a");
    for (const name of ["b", "c"]) void start(name);
    fail("a");
    await expect(failed).rejects.toThrow("a failed");
    await setImmediate();
    expect(begun).toEqual(["a", "b", "c"]);
  });
});
