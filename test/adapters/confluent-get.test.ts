import { describe, expect, it } from "vitest";
import { everythingOf } from "../support/leaks.ts";
import { shown } from "../support/untrusted.ts";
import { API_KEY, PUSHED_KEY, startBench } from "./client.ts";
import { answeredBy, SHOWN } from "./fixed-reply.ts";

describe("a GET of one connection", () => {
  it("returns the connection as the API shows it", async () => {
    const { api } = await answeredBy({ headers: { "X-Request-Id": "r-1" }, body: SHOWN });
    expect(shown(await api.get("a"))).toEqual({
      name: "a",
      connectionType: "OPENAI",
      endpoint: "https://api.openai.com",
      resourceVersion: "v1",
      updatedAt: Date.parse("2026-03-21T08:00:00Z"),
      phase: "READY",
      httpStatus: 200,
      requestId: "r-1",
    });
  });

  it("returns undefined for a missing connection", async () => {
    const { api } = await startBench();
    await expect(api.get("b")).resolves.toBeUndefined();
  });

  it.each([
    ["no metadata", { metadata: undefined }],
    ["metadata that is null", { metadata: null }],
    ["empty metadata", { metadata: {} }],
    ["metadata of other types", { metadata: { resource_version: 7, updated_at: 7 } }],
    ["an empty version and an invalid date", { metadata: { resource_version: "", updated_at: "today" } }],
  ])("returns no version for %s", async (_what, changes) => {
    const { api } = await answeredBy({ body: { ...SHOWN, ...changes } });
    const seen = await api.get("a");
    expect(seen).toMatchObject({ phase: "READY" });
    expect(seen).not.toHaveProperty("resourceVersion");
    expect(seen).not.toHaveProperty("updatedAt");
  });

  it.each([
    [undefined, { phase: "" }],
    [null, { phase: "" }],
    ["READY", { phase: "" }],
    [{}, { phase: "" }],
    [{ phase: null, detail: null }, { phase: "" }],
    [
      { phase: 1, detail: "d" },
      { phase: "", detail: "d" },
    ],
    [
      { phase: " ready\n", detail: "Lookup failed" },
      { phase: "READY", detail: "Lookup failed" },
    ],
    [{ phase: "Updating", more: true }, { phase: "UPDATING" }],
  ])("reads the status %j as %j", async (status, expected) => {
    const { api } = await answeredBy({ body: { ...SHOWN, status, unknown: [1] } });
    const seen = shown(await api.get("a"));
    expect(seen).toMatchObject(expected);
    if (!("detail" in expected)) expect(seen).not.toHaveProperty("detail");
  });

  it("returns an empty endpoint if the API shows none", async () => {
    const { api } = await answeredBy({ body: { ...SHOWN, spec: { connection_type: "BEDROCK" } } });
    await expect(api.get("a")).resolves.toMatchObject({ endpoint: "" });
  });

  it.each([
    "a word of more than forty characters, which no phase has",
    API_KEY.key,
    "sk-previous-0d4f6a8c",
    "It says\nREADY",
    "READY (FLINKAPIKEY)",
  ])("hides an unknown phase that may quote a secret: %j", async (phase) => {
    const { api } = await answeredBy({ body: { ...SHOWN, status: { phase } } });
    await expect(api.get("a")).resolves.toMatchObject({ phase: "[unknown phase]" });
  });

  it.each([
    ["In progress", "IN PROGRESS"],
    ["step_2", "STEP_2"],
    ["degraded", "DEGRADED"],
  ])("shows an unknown phase in the format of a phase: %s", async (phase, expected) => {
    const { api } = await answeredBy({ body: { ...SHOWN, status: { phase } } });
    await expect(api.get("a")).resolves.toMatchObject({ phase: expected });
  });

  it("redacts texts from outside before it returns them", async () => {
    const headers = { "x-request-id": `quoted-${PUSHED_KEY}` };
    const { api } = await answeredBy({
      headers,
      body: { ...SHOWN, status: { detail: `refused ${PUSHED_KEY}` } },
    });
    const seen = await api.get("a");
    expect(everythingOf(seen)).not.toContain(PUSHED_KEY);
    expect(`${seen?.detail} ${seen?.requestId}`).toBe("[withheld] [withheld]");
    expect(shown(seen)).toMatchObject({ detail: `refused ${PUSHED_KEY}`, requestId: `quoted-${PUSHED_KEY}` });
  });
});
