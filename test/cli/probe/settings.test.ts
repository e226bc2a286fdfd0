import { describe, expect, it } from "vitest";
import { proposeSettings } from "../../../src/cli/probe/settings.ts";
import type { Seen } from "../../../src/cli/probe/timeline.ts";
import { findWorld } from "../../../src/cli/probe/world.ts";

const CONFIG = {
  timing: { readyTimeoutSeconds: 300, graceSeconds: 120, confirmSeconds: 10 },
  verification: { require: "auto", provider: true },
} as const;

function seen(phaseBefore: string, phases: readonly (readonly [number, string])[], watchedMs = 60_000): Seen {
  const movement = { shown: true, changedAfterMs: 10 };
  return {
    phaseBefore,
    phases: phases.map(([afterMs, phase]) => ({ afterMs, phase })),
    resourceVersionChange: movement,
    updatedAtChange: movement,
    reads: 50,
    failedReads: 0,
    outdatedReads: 0,
    watchedMs,
  };
}

const READY = seen("READY", [[10, "READY"]]);

describe("the service's behaviour as observed", () => {
  it.each([
    ["silent", { current: seen("", [[10, ""]]) }, { world: "silent" }],
    [
      "unclear",
      { current: seen("", [[10, ""]]), invalid: seen("", [[10, "INVALID_AUTH"]]) },
      { world: "unclear" },
    ],
    ["unclear with a good key alone", { current: READY }, { world: "unclear" }],
    ["credulous", { current: READY, invalid: READY }, { world: "credulous" }],
    [
      "unclear after a short time",
      { current: READY, invalid: seen("READY", [[10, "READY"]], 29_000) },
      { world: "unclear" },
    ],
    [
      "controller, by the slowest verdict",
      {
        current: READY,
        invalid: seen("READY", [
          [10, "READY"],
          [2_000, "INVALID_AUTH"],
        ]),
        restored: seen("INVALID_AUTH", [
          [10, "INVALID_AUTH"],
          [9_000, "READY"],
        ]),
      },
      { world: "controller", verdictAfterMs: 9_000 },
    ],
    [
      "prompt",
      {
        current: seen("READY", [
          [10, "PENDING"],
          [700, "READY"],
        ]),
      },
      { world: "prompt", verdictAfterMs: 700 },
    ],
    [
      "controller, if the current key mends the connection",
      {
        current: seen("INVALID_AUTH", [
          [10, "INVALID_AUTH"],
          [700, "READY"],
        ]),
      },
      { world: "controller", verdictAfterMs: 700 },
    ],
    ["refused", { current: seen("INVALID_AUTH", [[10, "INVALID_AUTH"]]) }, { world: "refused" }],
    ["went-silent", { current: seen("READY", [[10, ""]]) }, { world: "went-silent" }],
    [
      "unclear if an invalid key shows as UNREACHABLE",
      { current: READY, invalid: seen("READY", [[10, "UNREACHABLE"]]) },
      { world: "unclear" },
    ],
  ])("is %s", (_name, all, found) => expect(findWorld(all)).toEqual(found));
});

describe("the settings that probe proposes", () => {
  it("allow twice the time in which the old phase disappears, within the limits of connections.json", () => {
    const confirmSeconds = (verdictAfterMs: number) =>
      proposeSettings({ world: "controller", verdictAfterMs }, CONFIG)[0]?.value;
    expect([500, 5_000, 7_001, 50_000, 200_000].map(confirmSeconds)).toEqual([10, 10, 15, 100, 300]);
  });

  it("allow for a late verdict", () => {
    expect(proposeSettings({ world: "prompt", verdictAfterMs: 200_000 }, CONFIG)[1]).toMatchObject({
      setting: "timing.readyTimeoutSeconds",
      value: 400,
      configured: 300,
    });
  });

  it("show the present value and a reason for each", () => {
    const config = { ...CONFIG, verification: { require: "ready", provider: true } } as const;
    const settings = proposeSettings({ world: "silent" }, config);
    expect(settings).toMatchObject([
      { setting: "timing.confirmSeconds", value: 10, configured: 10 },
      { setting: "verification.require", value: "auto", configured: "ready" },
    ]);
    for (const { reason } of settings) expect(reason).toMatch(/^[A-Z].*\.$/);
  });
});
