import { describe, expect, it } from "vitest";
import { startCli } from "../support/child.ts";
import { eventually } from "../support/eventually.ts";
import { startOperator } from "../support/operator.ts";
import { THREE } from "./connections.ts";

/** Ctrl-C while the first of two updates is in progress. */
async function startInterrupted(timeToReadyMs: number) {
  const { env } = await startOperator({ connections: THREE.slice(0, 2), confluent: { timeToReadyMs } });
  const cli = startCli(["rotate"], env);
  await cli.shows(/prod\/a \(OPENAI\): PENDING/);
  cli.child.kill("SIGINT");
  return cli;
}

describe("rotate", () => {
  it("finishes updates in progress at Ctrl-C, starts no new ones, and reports both", async () => {
    const { ended } = await startInterrupted(2_000);
    const { code, stdout, stderr } = await ended;
    expect(stderr).toContain("Stopping");
    expect(stdout).toMatch(/prod +a +OPENAI +ready/);
    expect(stdout).toMatch(/prod +b +OPENAI +not-attempted/);
    expect(code).toBe(1);
  });

  it("names unverified updates and ends at once at a second Ctrl-C", async () => {
    const { child, shows, ended } = await startInterrupted(60_000);
    await shows(/Stopping/);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect(stderr).toContain("Stopped. Sent, but not verified: prod/a (PENDING).");
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  });

  it("also names unverified updates on a terminal", async () => {
    const { run, confluent } = await startOperator({
      connections: THREE.slice(0, 2),
      confluent: { timeToReadyMs: 60_000 },
      config: { timing: { readyTimeoutSeconds: 0.5, graceSeconds: 0 } },
    });
    let interrupt: () => void = () => undefined;
    const running = run(["rotate"], {
      onInterrupt: (handler) => {
        interrupt = handler;
      },
    });
    await eventually(() => expect(confluent.connection("a").puts).toHaveLength(1));
    interrupt();
    interrupt();
    const { code, err } = await running;
    expect(err).toMatch(
      /Stopped\. Sent, but not verified: prod\/a \((put|PENDING)\)\.\nTo see the state of the connections, run: /,
    );
    expect(code).toBe(130);
  });
});
