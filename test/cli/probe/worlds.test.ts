import { describe, expect, it } from "vitest";
import type { Settings } from "../../../src/sandbox/confluent/settings.ts";
import { PROBED, startProbing } from "../../support/probing.ts";
import { GOOD_KEY } from "../../support/verdicts.ts";

interface Expected {
  readonly world: string;
  readonly confirmSeconds: number;
  readonly require: string;
  readonly readyTimeoutSeconds?: number;
}

const WITH_BAD_KEY: readonly (readonly [string, Partial<Settings>, Expected])[] = [
  ["silent", { world: "silent" }, { world: "silent", confirmSeconds: 10, require: "auto" }],
  ["credulous", { world: "credulous" }, { world: "credulous", confirmSeconds: 0, require: "auto" }],
  [
    "controller with a verdict after 3 s",
    { world: "controller", verdictAfterMs: 3_000 },
    { world: "controller", confirmSeconds: 10, require: "auto" },
  ],
  [
    "controller with a verdict after 20 s",
    { world: "controller", verdictAfterMs: 20_000 },
    { world: "controller", confirmSeconds: 40, require: "auto" },
  ],
  [
    "prompt",
    { world: "prompt", timeToReadyMs: 4_000 },
    { world: "prompt", confirmSeconds: 10, require: "auto" },
  ],
  [
    "prompt, and no read sees the phase between",
    { world: "prompt", timeToReadyMs: 0 },
    { world: "controller", confirmSeconds: 10, require: "auto" },
  ],
];

const WITHOUT_BAD_KEY: readonly (readonly [string, Partial<Settings>, Expected])[] = [
  ["silent", { world: "silent" }, { world: "silent", confirmSeconds: 10, require: "auto" }],
  ["credulous", { world: "credulous" }, { world: "unclear", confirmSeconds: 10, require: "auto" }],
  [
    "controller",
    { world: "controller", verdictAfterMs: 3_000 },
    { world: "unclear", confirmSeconds: 10, require: "auto" },
  ],
  [
    "prompt",
    { world: "prompt", timeToReadyMs: 4_000 },
    { world: "prompt", confirmSeconds: 10, require: "auto" },
  ],
];

function proposed(report: Awaited<ReturnType<Awaited<ReturnType<typeof startProbing>>["probe"]>>): object {
  const values = Object.fromEntries(
    report.settings.map(({ setting, value }) => [setting.split(".")[1], value]),
  );
  return { world: report.world, ...values };
}

describe("probe", () => {
  it.each(WITH_BAD_KEY)(
    "with an invalid key, proposes the right settings for a service that is %s",
    async (_name, settings, expected) => {
      const { probe, keysPut, held } = await startProbing(settings);
      const report = await probe({ isBadKey: true });
      expect(proposed(report)).toEqual(expected);
      expect(report).toMatchObject({ outcome: "succeeded", restored: true });
      const [first, invalid, ...others] = keysPut(PROBED);
      expect([first, ...others]).toEqual([GOOD_KEY, GOOD_KEY]);
      expect(invalid).toBe("xxxx-xxx");
      expect(held(PROBED)["API_KEY"]).toBe(GOOD_KEY);
    },
  );

  it.each(WITHOUT_BAD_KEY)(
    "without an invalid key, proposes the settings that can be known for a service that is %s",
    async (_name, settings, expected) => {
      const { probe, keysPut } = await startProbing(settings);
      const report = await probe();
      expect(proposed(report)).toEqual(expected);
      expect(report).not.toHaveProperty("restored");
      expect(keysPut(PROBED)).toEqual([GOOD_KEY]);
    },
  );

  it("proposes a longer readyTimeoutSeconds if a third of it is too short for the verdict", async () => {
    const { probe } = await startProbing(
      { world: "controller", verdictAfterMs: 20_000 },
      { config: { timing: { readyTimeoutSeconds: 60 } } },
    );
    expect(proposed(await probe({ isBadKey: true }))).toMatchObject({
      confirmSeconds: 40,
      readyTimeoutSeconds: 120,
    });
  });

  it("proposes accepting a phase that disappears after the PUT", async () => {
    const { probe } = await startProbing(
      { phases: { ready: null, pending: null } },
      { live: { initially: "unreachable" } },
    );
    expect(proposed(await probe())).toMatchObject({ world: "went-silent", require: "applied" });
  });

  it("proposes nothing and sends no invalid key if the current key is refused", async () => {
    const { probe, keysPut } = await startProbing({}, { key: "revoked" });
    const report = await probe({ isBadKey: true });
    expect(report).toMatchObject({ outcome: "failed", world: "refused", settings: [] });
    expect(keysPut(PROBED)).toEqual(["revoked"]);
  });

  it("replaces an invalid key as soon as it is refused", async () => {
    const { probe, confluent } = await startProbing({ world: "controller", verdictAfterMs: 2_000 });
    await probe({ isBadKey: true });
    const [, invalid, restored] = confluent.connection(PROBED).puts;
    expect((restored?.at ?? Infinity) - (invalid?.at ?? 0)).toBeLessThan(3_000);
  });
});
