import { describe, expect, it } from "vitest";
import { startCli } from "../support/child.ts";
import { eventually } from "../support/eventually.ts";
import { startOperator } from "../support/operator.ts";
import { ONE_SECRET } from "./connections.ts";

describe("status --watch", () => {
  it("prints each change in a pipe until Ctrl-C", async () => {
    const { env, aws } = await startOperator({ connections: ONE_SECRET });
    const { child, shows, ended } = startCli(["status", "--watch", "--interval", "0.1"], env);
    await shows(/2 healthy\./);
    aws.putSecret("openai", "sk-newer", { createdAt: Date.now() + 60_000 });
    await shows(/2 stale\./);
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(stdout.match(/(healthy|stale)\.\n/g)).toEqual(["healthy.\n", "stale.\n"]);
    expect(code).toBe(1);
  });

  it("writes a line of JSON for each change", async () => {
    const { env, aws } = await startOperator({ connections: ONE_SECRET });
    const { child, shows, ended } = startCli(["status", "--watch", "--interval", "0.1", "--json"], env);
    await shows(/"healthy":2/);
    aws.putSecret("openai", "sk-newer", { createdAt: Date.now() + 60_000 });
    await shows(/"stale":2/);
    child.kill("SIGINT");
    const lines = (await ended).stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).outcome)).toEqual(["succeeded", "failed"]);
  });

  it("redraws on a terminal that is too small and shows everything at the end", async () => {
    const connections = Array.from({ length: 15 }, (_, index) => ({ name: `c-${index}`, secret: "openai" }));
    const { run, confluent } = await startOperator({ connections });
    let interrupt = () => {};
    const running = run(["status", "--watch", "--interval", "0.05"], {
      isTTY: true,
      rows: 10,
      onInterrupt: (handler) => {
        interrupt = handler;
      },
    });
    await eventually(() => expect(confluent.requests.length).toBeGreaterThan(2));
    interrupt();
    const { out } = await running;
    expect(out).toContain("  and 11 more lines\n");
    expect(out).toContain("Every 0.05 s. Press Ctrl-C to end.");
    expect(out.slice(out.lastIndexOf("\x1b[J"))).toMatch(/c-14[\s\S]*15 healthy\.\n$/);
  });

  it.each(["0", "-1", "x", ""])("rejects the interval %j", async (interval) => {
    const { run } = await startOperator({ connections: ONE_SECRET });
    const { code, err } = await run(["status", "--watch", "--interval", interval]);
    expect(err).toContain("Give a number of seconds");
    expect(code).toBe(2);
  });
});
