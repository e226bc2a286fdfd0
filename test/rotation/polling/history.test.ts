import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../../src/rotation/connection.ts";
import { StateHistory } from "../../../src/rotation/polling/history.ts";
import { observation } from "../../support/builders.ts";

type Shown = { readonly version?: string; readonly at?: number; readonly phase?: string };

/** A state that shows only what is given. */
function state({ version, at, phase = "READY" }: Shown): ConnectionState {
  const { resourceVersion: _, updatedAt: __, ...rest } = observation({ phase });
  return {
    ...rest,
    ...(version !== undefined && { resourceVersion: version }),
    ...(at !== undefined && { updatedAt: at }),
  };
}

function historyOf(...states: readonly Shown[]): StateHistory {
  const history = new StateHistory();
  for (const each of states) history.add(state(each));
  return history;
}

describe("a state that was read", () => {
  it.each<[string, Shown[], Shown]>([
    ["it was updated earlier", [{ at: 2 }], { at: 1 }],
    ["its version was replaced", [{ version: "a" }, { version: "b" }], { version: "a" }],
    [
      "its version was replaced at the same time",
      [
        { version: "a", at: 1 },
        { version: "b", at: 1 },
      ],
      { version: "a", at: 1 },
    ],
    [
      "its version was replaced and it shows no time",
      [
        { version: "a", at: 1 },
        { version: "b", at: 2 },
      ],
      { version: "a" },
    ],
    [
      "its version was replaced by one that shows no time",
      [{ version: "a", at: 1 }, { version: "b" }],
      { version: "a", at: 1 },
    ],
    [
      "its version was replaced, and a state without one was read since",
      [{ version: "a" }, {}],
      { version: "a" },
    ],
  ])("is outdated if %s", (_, before, next) => {
    expect(historyOf(...before).isOutdated(state(next))).toBe(true);
  });

  it.each<[string, Shown[], Shown]>([
    ["it is the first one", [], { version: "a", at: 1 }],
    ["it is the latest one again", [{ version: "a", at: 1 }], { version: "a", at: 1 }],
    ["it was updated later", [{ at: 1 }], { at: 2 }],
    ["its version is new", [{ version: "b" }], { version: "a" }],
    [
      "its version was replaced but its time is later",
      [
        { version: "a", at: 1 },
        { version: "b", at: 2 },
      ],
      { version: "a", at: 3 },
    ],
    ["it shows neither version nor time", [{ version: "a" }, { version: "b" }], {}],
    [
      "its version has come back with a later time",
      [
        { version: "a", at: 1 },
        { version: "b", at: 2 },
        { version: "a", at: 3 },
      ],
      { version: "a", at: 3 },
    ],
  ])("is not outdated if %s", (_, before, next) => {
    expect(historyOf(...before).isOutdated(state(next))).toBe(false);
  });

  it("does not become the latest one if it is outdated", () => {
    const history = historyOf({ version: "b", at: 2 }, { version: "a", at: 1, phase: "INVALID_AUTH" });
    expect(history.latest).toEqual(state({ version: "b", at: 2 }));
    expect(history.latestKinds).toEqual(new Set(["usable"]));
  });
});

describe("the phases of the latest version", () => {
  it("are all that were read of it", () => {
    const history = historyOf(
      { version: "a", phase: "INVALID_AUTH" },
      { version: "a", phase: "READY" },
      { version: "a", phase: "" },
    );
    expect(history.latestKinds).toEqual(new Set(["refused", "usable", "silent"]));
  });

  it("are none of those of the version before it", () => {
    const history = historyOf({ version: "a", phase: "INVALID_AUTH" }, { version: "b", phase: "READY" });
    expect(history.latestKinds).toEqual(new Set(["usable"]));
  });

  it("do not change after they were asked for", () => {
    const history = historyOf({ version: "a" });
    const kinds = history.latestKinds;
    history.add(state({ version: "a", phase: "INVALID_AUTH" }));
    expect(kinds).toEqual(new Set(["usable"]));
  });

  it("are unknown if nothing was read", () => {
    expect(historyOf().latest).toBeUndefined();
    expect(historyOf().latestKinds).toEqual(new Set());
  });
});
