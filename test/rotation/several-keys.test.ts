import { describe, expect, it } from "vitest";
import { HOUR_MS, NOW } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";

const LABEL = "FLINK_READY";

/** A secret with two keys. Its newer version has one that the service refuses a second after the PUT. */
function openTwoKeys(connections: readonly { readonly name: string; readonly field: string }[]) {
  const opened = openRun({
    connections: connections.map(({ name, field }) => ({
      name,
      secret: "both",
      credentials: { kind: "options", values: {}, fields: { "api-key": field } },
    })),
    settings: { propagationLabel: LABEL, graceMs: 0 },
  });
  const { secrets, confluent, run } = opened;
  const versions = { v0: ["old-1", "old-2"], v1: ["good", "bad"] };
  for (const [index, [versionId, [first, second]]] of Object.entries(versions).entries())
    secrets.add("both", {
      versionId,
      value: JSON.stringify({ first, second }),
      at: NOW - HOUR_MS / (index + 1),
    });
  for (const { name } of connections)
    confluent.add(name, {
      world: "controller",
      timeToReadyMs: 1_000,
      accepts: (data) => data["API_KEY"] !== "bad",
    });
  const puts = () =>
    confluent.requests.flatMap(({ method, name, data, sentAt }) =>
      method === "PUT" ? [{ name, key: data?.["API_KEY"], sentAt }] : [],
    );
  return { ...opened, run, puts };
}

describe("a secret with several keys", () => {
  it("lets only one connection have a bad key, although another key of the version works", async () => {
    const { run, puts, secrets } = openTwoKeys([
      { name: "a", field: "first" },
      { name: "b", field: "first" },
      { name: "c", field: "second" },
      { name: "d", field: "second" },
      { name: "e", field: "second" },
    ]);
    expect(await run()).toMatchObject([
      { name: "a", outcome: "ready" },
      { name: "b", outcome: "ready" },
      { name: "c", outcome: "failed", errorClass: "rejected" },
      { name: "d", outcome: "not-attempted", errorClass: "rejected" },
      { name: "e", outcome: "not-attempted", errorClass: "rejected" },
    ]);
    expect(puts().flatMap(({ name, key }) => (key === "bad" ? [name] : []))).toEqual(["c"]);
    expect(secrets.moves).toEqual([]);
  });

  it("sends each key to a first connection at the same time", async () => {
    const { run, puts } = openTwoKeys([
      { name: "a", field: "first" },
      { name: "b", field: "second" },
    ]);
    await run();
    const [a, b] = puts();
    expect(a?.sentAt).toBe(b?.sentAt);
  });
});
