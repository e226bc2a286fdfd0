import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { serve } from "../../../src/sandbox/demo/serve.ts";
import { startCli } from "../../support/child.ts";
import { fakeTerminal } from "../../support/terminal.ts";

/** The sandbox with what it prints, and what its printed lines do when they are run. */
async function startServing() {
  const { terminal, written } = fakeTerminal({ isTTY: false });
  const end = Promise.withResolvers<void>();
  const served = serve(terminal, end.promise);
  const shows = (pattern: RegExp) =>
    vi.waitFor(() => pattern.exec(written()) ?? Promise.reject(new Error(written())), { timeout: 20_000 });
  const line = async (pattern: RegExp) => (await shows(pattern)).slice(1).map(String);
  const [endpoint = ""] = await line(/AWS_ENDPOINT_URL=(\S+)/);
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  const client = new SecretsManagerClient({ endpoint, region: "us-east-1", credentials });
  onTestFinished(async () => {
    client.destroy();
    end.resolve();
    await served;
  });
  const put = async (pattern: RegExp) => {
    const [SecretId, SecretString] = await line(pattern);
    await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  };
  return { shows, line, put };
}

describe("the sandbox that is left running", () => {
  it("rotates what the printed command changes, and shows the outcome", async () => {
    const { put, shows } = await startServing();
    await put(/put-secret-value --secret-id (\S+) --secret-string '(.*sk-2.*)'/);
    await shows(/prod\/support-openai \(OPENAI\): READY/);
    await shows(/✓ The run succeeded: 1 ready\./);
  });

  it("shows the alert of a key that is refused, which the printed address has too", async () => {
    const { put, shows, line } = await startServing();
    await put(/put-secret-value --secret-id (\S+) --secret-string '(.*revoked.*)'/);
    await shows(/│ \[FAILED\] Flink connections prod: 1 of 1 failed \(rejected\)/);
    const [address = ""] = await line(/curl (\S+\/_sandbox\/sns\/messages)/);
    expect(await (await fetch(address)).text()).toContain("[FAILED] Flink connections prod");
  });

  it("shows a connection and takes a new secret by the printed curl lines", async () => {
    const { line, shows } = await startServing();
    const [apiKey = "", connection = ""] = await line(/curl -u (\S+) (\S+)/);
    const authorization = `Basic ${Buffer.from(apiKey).toString("base64")}`;
    const answer = await fetch(connection, { headers: { authorization } });
    expect(await answer.json()).toMatchObject({ name: "support-openai", status: { phase: "READY" } });
    const [target = "", body = "", url = ""] = await line(/curl -H 'x-amz-target: (\S+)' -d '(.*)' (\S+)/);
    await fetch(url, { method: "POST", body, headers: { "x-amz-target": target } });
    await shows(/staging\/tools-mcp \(MCP_SERVER\): READY/);
  });

  it.each([["sandbox"], ["sandbox --demo --serve"]])("ends with 0 at an interrupt of %s", async (line) => {
    const { child, shows, ended } = startCli(line.split(" "));
    await shows(/npx \. rotate/);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });
});
