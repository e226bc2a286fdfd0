import { describe, expect, it } from "vitest";
import type { Progress, RunContext, SecretVersion } from "../../src/rotation/dependencies.ts";
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

/** A recorder; `answer` ends every reading of AWSPREVIOUS that was begun. */
function open() {
  const { context, progress } = fakeWorld();
  const reads: string[] = [];
  const { promise, resolve } = Promise.withResolvers<SecretVersion>();
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
  return { recorder, reads, answer, progress, reported: () => progress.flatMap(outcomeOf) };
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

  it("with a text from outside is reported when AWSPREVIOUS was read", async () => {
    const { recorder, answer, reported } = open();
    recorder.record(A, REFUSED);
    expect(reported()).toEqual([]);
    answer();
    await recorder.reported();
    expect(reported()).toEqual([{ name: "a", outcome: "failed", detail: "refused [redacted]" }]);
    expect(recorder.close([A])).toMatchObject([{ detail: "refused [redacted]" }]);
  });

  it("replaces one that was not reported yet", async () => {
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

  it("has its text withheld if the run ends before AWSPREVIOUS was read", async () => {
    const { recorder, answer, reported } = open();
    recorder.record(A, REFUSED);
    const expected = [{ name: "a", outcome: "failed", detail: "[withheld]" }];
    expect(recorder.close([A])).toMatchObject(expected);
    answer();
    await recorder.reported();
    expect(reported()).toEqual(expected);
  });

  it("is that the time was up if there is none", () => {
    const { recorder } = open();
    expect(recorder.close([A])).toMatchObject([
      { name: "a", outcome: "not-attempted", errorClass: "timeout" },
    ]);
  });

  it("is ignored after the run", () => {
    const { recorder, reported } = open();
    recorder.close([A]);
    recorder.record(A, READY);
    recorder.retract(A);
    expect(recorder.closed.aborted).toBe(true);
    expect(reported()).toHaveLength(1);
  });
});

describe("the texts of what is unfinished", () => {
  it("are prepared by reading AWSPREVIOUS", () => {
    const { recorder, reads } = open();
    recorder.record(A, READY);
    recorder.prepareTexts([A, B]);
    expect(reads).toEqual(["other"]);
  });
});
