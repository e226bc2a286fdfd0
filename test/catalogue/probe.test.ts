import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/confluent/faults.ts";
import { eventually } from "../support/eventually.ts";
import { PROBED, type ProbeSteps, type Probing, startProbing } from "../support/probing.ts";
import { GOOD_KEY, putByAnotherClient } from "../support/verdicts.ts";

describe("probe restores the good key", () => {
  it.each<readonly [string, Arrange]>([
    ["every request is answered with 500", fails({ kind: "status", status: 500 }, 12)],
    [
      "every request is answered with 429",
      fails({ kind: "status", status: 429, headers: { "retry-after": "20" } }, 3),
    ],
    [
      "429 asks to wait for a day",
      fails({ kind: "status", status: 429, headers: { "retry-after": "86400" } }, 3),
    ],
    ["every connection is dropped", fails({ kind: "reset" }, 12)],
    ["no request is answered", fails({ kind: "hang" }, 5)],
    ["pages of a proxy come instead", fails({ kind: "body", body: "html", applied: false }, 8)],
    ["the rotator's own key is refused for a while", fails({ kind: "status", status: 401 }, 4)],
    [
      "Secrets Manager fails for a while",
      ({ aws }) => aws.fail({ operation: "GetSecretValue", times: 9, error: "InternalServiceError" }),
    ],
    [
      "somebody takes the right to read secrets away for a while",
      ({ aws }) => aws.fail({ operation: "GetSecretValue", times: 3, error: "AccessDeniedException" }),
    ],
  ])("row 63: if %s", async (_name, arrange) => {
    const probing = await startProbing({ world: "credulous" });
    const report = await probing.probe(at("put", "restored", () => arrange(probing, () => undefined)));
    expect(report.restored).toBe(true);
    expect(probing.held(PROBED)["API_KEY"]).toBe(GOOD_KEY);
  });

  it.each<readonly [string, Fault]>([
    ["fails", { kind: "status", status: 503 }],
    ["fails although it is applied", { kind: "status", status: 503, applied: true }],
    ["gets no response", { kind: "hang", applied: true }],
    ["loses its response", { kind: "reset", applied: true }],
    ["is refused", { kind: "status", status: 400 }],
    ["meets a conflict", { kind: "status", status: 409 }],
  ])("row 63: if the PUT of the invalid key %s", async (_name, fault) => {
    const probing = await startProbing({ world: "credulous" });
    probing.confluent.fail({ method: "PUT", afterTimes: 1, times: 9, fault });
    const report = await probing.probe({ isBadKey: true, watchMs: 5_000 });
    expect(probing.held(PROBED)["API_KEY"]).toBe(GOOD_KEY);
    expect(report.restored).toBe(true);
  });

  it("row 63: if Ctrl-C is pressed before the response to the PUT of the invalid key", async () => {
    const probing = await startProbing({ world: "credulous" });
    probing.confluent.fail({ method: "PUT", afterTimes: 1, fault: { kind: "hang", applied: true } });
    const running = probing.probe(
      at("put", "invalid", (interrupt) => {
        eventually(() => expect(probing.held(PROBED)["API_KEY"]).not.toBe(GOOD_KEY)).then(
          interrupt,
          interrupt,
        );
      }),
    );
    const report = await running;
    expect(report).toMatchObject({ restored: true, interrupted: true });
    expect(report.puts.at(-1)).not.toHaveProperty("reads");
    expect(probing.held(PROBED)["API_KEY"]).toBe(GOOD_KEY);
  });

  it("row 63: if the PUT of the invalid key is applied late, after a lost response", async () => {
    const probing = await startProbing({ world: "credulous", resourceVersion: "absent" });
    probing.confluent.fail({ method: "PUT", afterTimes: 1, fault: { kind: "reset" } });
    let late: Promise<void> | undefined;
    const report = await probing.probe(
      at("put", "restored", () => {
        late = probing.clock.sleep(2_000).then(() => putByAnotherClient(probing, PROBED, "late-invalid-key"));
      }),
    );
    await late;
    expect(report.restored).toBe(true);
    expect(probing.keysPut(PROBED).slice(-3)).toEqual([GOOD_KEY, "late-invalid-key", GOOD_KEY]);
  });

  it("row 63: in the newest version of its secret, never in an older one", async () => {
    const probing = await startProbing({ world: "credulous" });
    const newer = () => probing.aws.putSecret("openai", "newer-key");
    const report = await probing.probe(at("accepted", "invalid", newer));
    expect(report.restored).toBe(true);
    expect(probing.keysPut(PROBED).slice(2)).toEqual(["newer-key"]);
  });

  it("row 63: in the newest version if another run sends that first", async () => {
    const probing = await startProbing({ world: "credulous" });
    let isChanged: Promise<void> | undefined;
    const report = await probing.probe(
      at("put", "restored", () => {
        probing.aws.putSecret("openai", "newer-key");
        isChanged = putByAnotherClient(probing, PROBED, "newer-key");
      }),
    );
    await isChanged;
    expect(report.restored).toBe(true);
    expect(probing.keysPut(PROBED).slice(2)).not.toContain(GOOD_KEY);
    expect(probing.held(PROBED)["API_KEY"]).toBe("newer-key");
  });

  it("row 63: or reports that it could not", async () => {
    const probing = await startProbing({ world: "credulous" });
    const startedAt = probing.clock.now();
    const fault = { kind: "status", status: 503 } as const;
    const report = await probing.probe(
      at("put", "restored", () => probing.confluent.fail({ method: "PUT", times: 999, fault })),
    );
    expect(report).toMatchObject({ restored: false, outcome: "failed" });
    expect(probing.clock.now() - startedAt).toBeGreaterThan(270_000);
    expect(report.puts.at(-1)).toMatchObject({ key: "restored", message: "Confluent answered 503." });
  });
});

/** Calls `act` as soon as the probe reaches a step. */
function at(kind: string, key: string, act: (interrupt: () => void) => void): ProbeSteps {
  return {
    isBadKey: true,
    watchMs: 5_000,
    onStep: (step, interrupt) => {
      if (step.kind === kind && "key" in step && step.key === key) act(interrupt);
    },
  };
}

type Arrange = (probing: Probing, interrupt: () => void) => void;

const fails =
  (fault: Fault, times: number): Arrange =>
  ({ confluent }) =>
    confluent.fail({ times, fault });
