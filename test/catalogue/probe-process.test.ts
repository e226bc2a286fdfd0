import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/confluent/faults.ts";
import { startCli } from "../support/child.ts";
import { KEY, startOperator } from "../support/operator.ts";

const INVALID_KEY = "xx-xxx-xxxxxx-xx-xx-xxxxxx";
const ARGS = ["probe", "alpha", "--bad-key", "--yes", "--seconds", "2"];
const INVALID_IN_PLACE = /an invalid key is in place/;

function startCredulous() {
  return startOperator({
    connections: [{ name: "alpha", secret: "openai" }],
    confluent: { world: "credulous" },
  });
}

const keysOf = ({ confluent }: Awaited<ReturnType<typeof startCredulous>>): (string | undefined)[] =>
  confluent.connection("alpha").puts.map(({ data }) => data["API_KEY"]);

describe("the probe process restores the good key", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("row 62: after %s", async (signal) => {
    const operator = await startCredulous();
    const { child, shows, ended } = startCli(ARGS, operator.env);
    await shows(INVALID_IN_PLACE);
    expect(operator.held("alpha")["API_KEY"]).toBe(INVALID_KEY);
    child.kill(signal);
    const { code, stderr } = await ended;
    expect(keysOf(operator)).toEqual([KEY, INVALID_KEY, KEY]);
    expect(stderr).toContain("Stopped. prod/alpha holds the current key.");
    expect(code).toBe(130);
  });

  it("row 62: if Ctrl-C is pressed again", async () => {
    const operator = await startCredulous();
    operator.confluent.fail({
      method: "PUT",
      afterTimes: 2,
      times: 2,
      fault: { kind: "status", status: 503 },
    });
    const { child, shows, ended } = startCli(ARGS, operator.env);
    await shows(INVALID_IN_PLACE);
    child.kill("SIGINT");
    await shows(/Please wait/);
    child.kill("SIGINT");
    child.kill("SIGTERM");
    expect((await ended).code).toBe(130);
    expect(operator.held("alpha")["API_KEY"]).toBe(KEY);
  });

  it("row 62: after its terminal is closed", async () => {
    const operator = await startCredulous();
    const { child, shows, ended } = startCli(ARGS, operator.env);
    await shows(INVALID_IN_PLACE);
    child.stderr.destroy();
    child.stdout.destroy();
    child.kill("SIGHUP");
    await ended;
    expect(keysOf(operator)).toEqual([KEY, INVALID_KEY, KEY]);
  });

  it.each<readonly [string, Fault]>([
    ["503", { kind: "status", status: 503 }],
    ["429 with Retry-After", { kind: "status", status: 429, headers: { "retry-after": "1" } }],
    ["a dropped connection", { kind: "reset" }],
    ["409", { kind: "status", status: 409 }],
    ["a change by another client", { kind: "touch" }],
  ])("row 63: after Ctrl-C, despite %s", async (_name, fault) => {
    const operator = await startCredulous();
    operator.confluent.fail({ method: "PUT", afterTimes: 2, times: 2, fault });
    const { child, shows, ended } = startCli(ARGS, operator.env);
    await shows(INVALID_IN_PLACE);
    child.kill("SIGINT");
    const { code } = await ended;
    const keys = keysOf(operator);
    expect(new Set(keys.slice(2))).toEqual(new Set([KEY]));
    expect([operator.held("alpha")["API_KEY"], code]).toEqual([KEY, 130]);
  });
});
