import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { serve } from "../../../src/sandbox/demo/serve.ts";
import { FUNCTION_NAME } from "../../../src/sandbox/function-process.ts";
import { startCli } from "../../support/child.ts";
import { eventually } from "../../support/eventually.ts";
import { fakeTerminal } from "../../support/terminal.ts";

const Connections = z.object({ connections: z.array(z.object({ name: z.string(), phase: z.string() })) });

/** The sandbox, its output, and functions that run the printed commands. */
async function startServing() {
  const { terminal, written } = fakeTerminal({ isTTY: false });
  const end = Promise.withResolvers<void>();
  const served = serve(terminal, end.promise);
  const shows = (pattern: RegExp) =>
    eventually(() => pattern.exec(written()) ?? Promise.reject(new Error(written())));
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
  /** Sends the request of every printed line that matches. @returns the bodies. */
  const post = async (pattern: RegExp) => {
    const lines = [...written().matchAll(pattern)].map(([, body = "", address = ""]) => ({ body, address }));
    const responses = lines.map(({ body, address }) => fetch(address, { method: "POST", body }));
    for (const response of await Promise.all(responses)) expect(response.status).toBe(200);
    return lines.map(({ body }): unknown => JSON.parse(body));
  };
  return { shows, line, put, post };
}

describe("npm start -- --serve", () => {
  it("rotates the secret changed by the printed command and shows the outcome", async () => {
    const { put, shows } = await startServing();
    await put(/put-secret-value --secret-id (\S+) --secret-string '(.*sk-2.*)'/);
    await shows(/prod\/support-openai \(OPENAI\): READY/);
    await shows(/✓ The run succeeded: 1 ready\./);
  });

  it("shows the run that an asynchronous call starts, as the command of an alert does", async () => {
    const { shows, line } = await startServing();
    const [lambda = ""] = await line(/AWS_ENDPOINT_URL_LAMBDA=(\S+)/);
    const { status } = await fetch(`${lambda}/2015-03-31/functions/${FUNCTION_NAME}/invocations`, {
      method: "POST",
      headers: { "x-amz-invocation-type": "Event" },
      body: JSON.stringify({ connections: ["prod/docs-pinecone"] }),
    });
    expect(status).toBe(202);
    await shows(/A call starts a run\n\nprod\/docs-pinecone \(PINECONE\): PENDING/);
    await shows(/✓ The run succeeded: 1 ready\./);
  });

  it("shows the alert about a refused key, which the printed URL also returns", async () => {
    const { put, shows, line } = await startServing();
    await put(/put-secret-value --secret-id (\S+) --secret-string '(.*revoked.*)'/);
    await shows(/│ \[NOT ROTATED 1\] prod\/openai: its provider refuses the new key/);
    const [address = ""] = await line(/curl (\S+\/_sandbox\/sns\/messages)/);
    expect(await (await fetch(address)).text()).toContain("[NOT ROTATED 1] prod/openai");
  });

  it("shows a connection and accepts a new secret by the printed curl lines", async () => {
    const { line, shows } = await startServing();
    const [apiKey = "", connection = ""] = await line(/curl -u (\S+) (\S+)/);
    const authorization = `Basic ${Buffer.from(apiKey).toString("base64")}`;
    const answer = await fetch(connection, { headers: { authorization } });
    expect(await answer.json()).toMatchObject({ name: "support-openai", status: { phase: "READY" } });
    const [target = "", body = "", url = ""] = await line(/curl -H 'x-amz-target: (\S+)' -d '(.*)' (\S+)/);
    await fetch(url, { method: "POST", body, headers: { "x-amz-target": target } });
    await shows(/staging\/tools-mcp \(MCP_SERVER\): READY/);
  });

  it("adds a fault of each kind by a printed curl line", async () => {
    const { post, line } = await startServing();
    const faults = await post(/curl -d '(.*"fault".*)' (\S+\/_sandbox\/faults)/g);
    expect(faults.map((rule) => Object(rule).fault.kind)).toEqual([
      "status",
      "redirect",
      "reset",
      "hang",
      "body",
      "drip",
      "stall",
      "huge",
      "touch",
    ]);
    const [connection = ""] = await line(/curl -u \S+ (\S+)/);
    expect((await fetch(connection, { method: "PUT", body: "{}" })).status).toBe(503);
    const aws = await post(/curl -d '(.*"operation".*)' (\S+\/_sandbox\/faults)/g);
    expect(aws.map((fault) => Object.keys(Object(fault))[1])).toEqual([
      "error",
      "latencyMs",
      "connection",
      "connection",
      "connection",
      "invisibleForMs",
    ]);
  });

  it("sets an unusual response of a provider by a printed curl line", async () => {
    const { post } = await startServing();
    const faults = await post(/curl -d '(.*"provider".*)' (\S+\/_sandbox\/faults)/g);
    expect(faults).toHaveLength(7);
  });

  it("clears the faults of each stand-in by a printed curl line", async () => {
    const { post, line } = await startServing();
    await post(/curl -d '(.*"method":"GET".*)' (\S+\/_sandbox\/faults)/g);
    const [confluent = "", aws = "", providers = ""] = await line(
      /curl -X DELETE (\S+)\ncurl -X DELETE (\S+)\ncurl -X DELETE (\S+)/,
    );
    for (const address of [confluent, aws, providers])
      expect((await fetch(address, { method: "DELETE" })).status).toBe(200);
    const [connection = ""] = await line(/curl -u \S+ (\S+)/);
    expect((await fetch(connection)).status).toBe(401);
  });

  it("changes the behaviour of an environment by a printed curl line", async () => {
    const { post, line } = await startServing();
    const [origin = ""] = await line(/curl -d \S+ (\S+)\/_sandbox\/settings/);
    const phase = async () => {
      const { connections } = Connections.parse(await (await fetch(`${origin}/_sandbox/connections`)).json());
      return connections.find(({ name }) => name === "tools-mcp")?.phase;
    };
    await post(/curl -d '(.*"world":"silent".*)' (\S+\/_sandbox\/settings)/g);
    expect(await phase()).toBe("");
    expect(await post(/curl -d '(.*"settings".*)' (\S+\/_sandbox\/settings)/g)).toHaveLength(8);
    expect(await phase()).toBe("READY");
  });

  it.each([["sandbox"], ["sandbox --demo --serve"]])("ends with 0 if %s is interrupted", async (line) => {
    const { child, shows, ended } = startCli(line.split(" "));
    await shows(/npx \. rotate/);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
  });
});
