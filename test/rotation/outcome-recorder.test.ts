import { describe, expect, it } from "vitest";
import type { Progress, RunContext, SecretVersion } from "../../src/rotation/dependencies.ts";
import { evidenceOfPhase } from "../../src/rotation/outcome.ts";
import { OutcomeRecorder } from "../../src/rotation/outcome-recorder.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { connection, secretVersion } from "../support/builders.ts";
import { fakeWorld } from "../support/fake-world.ts";
import { untrusted } from "../support/untrusted.ts";

const A = connection({ name: "a", secret: "openai" });
const B = connection({ name: "b", secret: "other" });
const READY = { outcome: "ready" } as const;
const REFUSED = {
  outcome: "failed",
  errorClass: "rejected",
  detail: untrusted("refused sk-previous-012345"),
} as const;

const REFUSED_BY_PHASE = {
  outcome: "failed",
  errorClass: "rejected",
  evidence: evidenceOfPhase("refused"),
} as const;
const REFUSED_BY_STATEMENT = {
  ...REFUSED_BY_PHASE,
  evidence: { provider: "not-asked", phase: "silent", statement: "refused" },
} as const;

/** A recorder. `answer` ends each read of AWSPREVIOUS that has started; `answerNone` does so for a secret without that version. */
function open() {
  const { context, progress } = fakeWorld();
  const reads: string[] = [];
  const { promise, resolve } = Promise.withResolvers<SecretVersion | undefined>();
  const secrets: RunContext["secrets"] = {
    read: (secretId) => {
      reads.push(secretId);
      return promise;
    },
    moveLabel: async () => undefined,
    lastChangedAt: async () => undefined,
  };
  const recorder = new OutcomeRecorder({ ...context, secrets });
  const answer = () => resolve(secretVersion({ value: new Secret("sk-previous-012345") }));
  const answerNone = () => resolve(undefined);
  return { recorder, reads, answer, answerNone, progress, reported: () => progress.flatMap(outcomeOf) };
}

function outcomeOf(progress: Progress) {
  if (progress.step !== "done") return [];
  const { name, outcome, detail } = progress.outcome;
  return [{ name, outcome, ...(detail !== undefined && { detail }) }];
}

describe("an outcome", () => {
  it("is reported at once if it has no text from outside", () => {
    const { recorder, progress, reads } = open();
    recorder.record(A, READY, secretVersion({ createdAt: 7 }));
    expect(progress).toMatchObject([{ step: "done", connection: A, secretCreatedAt: 7 }]);
    expect(reads).toEqual([]);
    expect(recorder.close([A])).toMatchObject([{ name: "a", outcome: "ready" }]);
  });

  it("with a text from outside is reported once AWSPREVIOUS has been read", async () => {
    const { recorder, answer, reported } = open();
    recorder.record(A, REFUSED);
    expect(reported()).toEqual([]);
    answer();
    await recorder.reported();
    expect(reported()).toEqual([{ name: "a", outcome: "failed", detail: "refused [redacted]" }]);
    expect(recorder.close([A])).toMatchObject([{ detail: "refused [redacted]" }]);
  });

  it("replaces an earlier one that was not reported yet", async () => {
    const { recorder, answer, reported } = open();
    recorder.record(A, REFUSED);
    recorder.record(A, READY);
    answer();
    await recorder.reported();
    expect(reported()).toEqual([{ name: "a", outcome: "ready" }]);
  });

  it("is not reported after it was retracted", async () => {
    const { recorder, answer, reported } = open();
    recorder.record(A, REFUSED);
    recorder.retract(A);
    answer();
    await recorder.reported();
    expect(reported()).toEqual([]);
  });

  it("has its text withheld if the run ends before AWSPREVIOUS is read", async () => {
    const { recorder, answer, reported } = open();
    recorder.record(A, REFUSED);
    const expected = [{ name: "a", outcome: "failed", detail: "[withheld]" }];
    expect(recorder.close([A])).toMatchObject(expected);
    answer();
    await recorder.reported();
    expect(reported()).toEqual(expected);
  });

  it("says that the time was up if none was recorded", () => {
    const { recorder } = open();
    recorder.record(B, READY);
    expect(recorder.close([A, B])).toMatchObject([
      {
        name: "a",
        outcome: "not-attempted",
        errorClass: "timeout",
        message: "The run's time was up before the outcome was known.",
        holds: "unknown",
      },
      { name: "b", outcome: "ready" },
    ]);
  });

  it("that is recorded after the run is ignored", () => {
    const { recorder, reported } = open();
    recorder.close([A]);
    expect(recorder.closed.aborted).toBe(true);
    recorder.record(A, READY);
    recorder.record(B, READY);
    expect(reported()).toMatchObject([{ name: "a", outcome: "not-attempted" }]);
    expect(recorder.recorded(B)).toBeUndefined();
  });
});

describe("an outcome of a refused key", () => {
  it.each([
    ["phase", REFUSED_BY_PHASE],
    ["statement", REFUSED_BY_STATEMENT],
  ])(
    "names the AWSPREVIOUS version, for a manual rollback, if a %s shows the refusal",
    async (_, details) => {
      const { recorder, answer, reads } = open();
      recorder.record(A, details);
      answer();
      await recorder.reported();
      expect(recorder.close([A])).toMatchObject([{ outcome: "failed", previousVersionId: "version-1" }]);
      expect(reads).toEqual(["openai"]);
    },
  );

  it("names no previous version if none has the label AWSPREVIOUS", async () => {
    const { recorder, answerNone } = open();
    recorder.record(A, REFUSED_BY_PHASE);
    answerNone();
    await recorder.reported();
    const [outcome] = recorder.close([A]);
    expect(outcome).toMatchObject({ outcome: "failed" });
    expect(outcome).not.toHaveProperty("previousVersionId");
  });
});

describe("an outcome of another failure", () => {
  it("is reported at once, without a read of AWSPREVIOUS", () => {
    const { recorder, reads, reported } = open();
    recorder.record(A, {
      outcome: "failed",
      errorClass: "unreachable",
      evidence: evidenceOfPhase("unreachable"),
    });
    expect(reported()).toEqual([{ name: "a", outcome: "failed" }]);
    expect(reads).toEqual([]);
  });
});

describe("a connection without an outcome", () => {
  it("causes a read of AWSPREVIOUS in advance, since its outcome may have texts", () => {
    const { recorder, reads } = open();
    recorder.record(A, READY);
    recorder.prepareTexts([A, B]);
    expect(reads).toEqual(["other"]);
  });
});
