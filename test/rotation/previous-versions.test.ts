import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { SecretVersion } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { secretVersion } from "../support/builders.ts";
import { fakeWorld } from "../support/fake-world.ts";
import { CONNECTION, CURRENT, PREVIOUS, resolverOf, withPrevious } from "../support/text-resolver.ts";
import { untrusted } from "../support/untrusted.ts";

describe("texts about a secret that changes during the run", () => {
  const FIRST = secretVersion({ versionId: "v0", value: new Secret("sk-first-0123456789") });
  const NEWER = secretVersion({ versionId: "v3", value: new Secret("sk-newer-0123456789") });
  const detail = untrusted("sk-first-0123456789, sk-previous-0123456789, sk-current-0123456789");
  /** The last answer is repeated. */
  const inTurn = (...answers: readonly (() => SecretVersion | undefined)[]) => {
    const left = [...answers];
    return async () => (left.length > 1 ? left.shift() : left[0])?.();
  };
  const denied = () => {
    throw new SecretError("Denied.");
  };

  it("are shown without the version that the connections held at the start", async () => {
    const { texts } = resolverOf(
      inTurn(
        () => FIRST,
        () => PREVIOUS,
      ),
    );
    texts.readBefore("openai", PREVIOUS);
    texts.readBefore("openai", CURRENT);
    expect(await texts.resolve({ detail }, CONNECTION, CURRENT)).toEqual({
      detail: "[redacted], [redacted], [redacted]",
    });
  });

  it.each([
    ["was not shown before it was replaced", () => undefined],
    ["could not be read before it was replaced", denied],
    ["was replaced before it was read", () => PREVIOUS],
  ])("are withheld if that version %s", async (_, before) => {
    for (const version of [PREVIOUS, CURRENT]) {
      const { texts } = resolverOf(inTurn(before, () => PREVIOUS));
      texts.readBefore("openai", PREVIOUS);
      texts.readBefore("openai", CURRENT);
      expect(await texts.resolve({ detail }, CONNECTION, version)).toEqual({ detail: "[withheld]" });
    }
  });

  it("are shown if the version before the first one is given AWSCURRENT back", async () => {
    const { texts } = resolverOf(
      inTurn(
        () => PREVIOUS,
        () => CURRENT,
      ),
    );
    texts.readBefore("openai", CURRENT);
    const quoted = untrusted("refused sk-previous-0123456789 and sk-current-0123456789");
    expect(await texts.resolve({ detail: quoted }, CONNECTION, PREVIOUS)).toEqual({
      detail: "refused [redacted] and [redacted]",
    });
  });

  it("are shown if the first read failed and a later one succeeds", async () => {
    const { texts } = resolverOf(inTurn(denied, () => PREVIOUS));
    texts.readBefore("openai", CURRENT);
    expect(await texts.resolve({ detail: untrusted("refused") }, CONNECTION, CURRENT)).toEqual({
      detail: "refused",
    });
  });

  it("are shown without the version with the propagation label, which the connections may hold still", async () => {
    const settings = { ...fakeWorld().context.settings, propagationLabel: "FLINK_READY" };
    const { texts, reads } = resolverOf(
      async (selector) => ("stage" in selector && selector.stage === "FLINK_READY" ? FIRST : PREVIOUS),
      { settings },
    );
    for (let time = 0; time < 2; time += 1)
      expect(await texts.resolve({ detail }, CONNECTION, CURRENT)).toEqual({
        detail: "[redacted], [redacted], [redacted]",
      });
    expect(reads).toHaveLength(2);
  });

  it("are shown without a newer version, which somebody else may have put", async () => {
    const { texts, reads } = resolverOf(async (selector) =>
      "stage" in selector && selector.stage === "AWSCURRENT" ? NEWER : PREVIOUS,
    );
    texts.readBefore("openai", FIRST);
    const detail = untrusted("sk-newer-0123456789, sk-previous-0123456789");
    for (const connection of [CONNECTION, { ...CONNECTION, name: "other" }])
      expect(await texts.resolve({ detail }, connection, PREVIOUS)).toEqual({
        detail: "[redacted], [redacted]",
      });
    expect(reads.filter((read) => JSON.stringify(read).includes("AWSCURRENT"))).toHaveLength(1);
  });

  it("name the previous version of the newest one", async () => {
    const { texts } = resolverOf(
      inTurn(
        () => FIRST,
        () => FIRST,
        () => PREVIOUS,
      ),
    );
    texts.readBefore("openai", PREVIOUS);
    expect(await texts.previousVersionId("openai", PREVIOUS)).toBe("v0");
    expect(await texts.previousVersionId("openai", CURRENT)).toBe("v1");
  });
});

describe("the previous version of a secret", () => {
  const denied = () => Promise.reject(new SecretError("Denied."));

  it("is known by its id, and is read once", async () => {
    const { texts, reads } = withPrevious();
    texts.prepare("openai");
    expect(reads).toHaveLength(1);
    expect(await texts.previousVersionId("openai")).toBe("v1");
    expect(await texts.previousVersionId("openai")).toBe("v1");
    expect(reads).toEqual([["openai", { stage: "AWSPREVIOUS" }]]);
  });

  it.each([
    ["does not exist", async () => undefined],
    ["cannot be read", denied],
  ])("has no id if it %s", async (_, read) => {
    expect(await resolverOf(read).texts.previousVersionId("openai")).toBeUndefined();
  });

  it("has no id if it is newer, since the older version was given AWSCURRENT back", async () => {
    const { texts } = resolverOf(async () => ({ ...PREVIOUS, createdAt: CURRENT.createdAt + 1 }));
    expect(await texts.previousVersionId("openai", CURRENT)).toBeUndefined();
  });

  it("may be unreadable although nobody waits for it", async () => {
    const onUnhandled = vi.fn();
    process.on("unhandledRejection", onUnhandled);
    onTestFinished(() => void process.off("unhandledRejection", onUnhandled));
    resolverOf(denied).texts.prepare("openai");
    await turn();
    expect(onUnhandled).not.toHaveBeenCalled();
  });
});
