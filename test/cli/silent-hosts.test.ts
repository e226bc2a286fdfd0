import { createServer, get } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { ProgressView } from "../../src/cli/progress-view.ts";
import { SilentHosts } from "../../src/cli/silent-hosts.ts";
import { eventually } from "../support/eventually.ts";
import { fakeTerminal } from "../support/terminal.ts";

/** A server that responds on demand. */
async function startSlowServer() {
  const answers: (() => void)[] = [];
  const server = createServer((_request, response) => answers.push(() => response.end()));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { host: `127.0.0.1:${port}`, answers };
}

describe("hosts that do not respond", () => {
  it("are shown after a second until they respond", async () => {
    let now = 0;
    const hosts = new SilentHosts(() => now);
    onTestFinished(() => hosts.end());
    const { host, answers } = await startSlowServer();
    const response = fetch(`http://${host}/`);
    await eventually(() => expect(answers).toHaveLength(1));
    now = 999;
    expect(hosts.text()).toBeUndefined();
    now = 3_400;
    expect(hosts.text()).toBe(`No response from ${host} for 3 s.`);
    answers[0]?.();
    await response;
    expect(hosts.text()).toBeUndefined();
  });

  it("remain listed if a request fails", async () => {
    let now = 0;
    const hosts = new SilentHosts(() => now);
    onTestFinished(() => hosts.end());
    await new Promise((resolve) => get("http://127.0.0.1:1/").on("error", resolve));
    now = 12_000;
    expect(hosts.text()).toBe("No response from 127.0.0.1:1 for 12 s.");
  });

  it("are shown below the table of rotate", async () => {
    let now = 0;
    const { terminal, written } = fakeTerminal({ env: { NO_COLOR: "1" } });
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const view = new ProgressView(terminal, clock, []);
    onTestFinished(() => view.end());
    const { host, answers } = await startSlowServer();
    const response = fetch(`http://${host}/`);
    await eventually(() => expect(answers).toHaveLength(1));
    now = 2_000;
    await eventually(() => expect(written()).toContain(`\n  No response from ${host} for 2 s.\n`));
    answers[0]?.();
    await response;
  });
});
