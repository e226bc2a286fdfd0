import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startOperator } from "../support/operator.ts";

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "anthropic", type: "ANTHROPIC" },
];

const DENIED =
  "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: secretsmanager:GetSecretValue on resource: openai because no identity-based policy allows the secretsmanager:GetSecretValue action";

/** The address of a server that accepts connections and never answers. */
function startSilentServer(): Promise<string> {
  return listen(createServer((socket) => socket.on("error", () => undefined)));
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

describe("an expired AWS session", () => {
  it.each([
    ["rotate", "ExpiredTokenException"],
    ["status", "ExpiredTokenException"],
    ["check", "ExpiredToken"],
    ["check", "UnrecognizedClientException"],
  ])("is reported once by %s for %s, with exit code 2", async (command, error) => {
    const { run, aws, confluent } = await startOperator({ connections: TWO });
    aws.fail({ error, message: "The security token included in the request is expired" });
    const { code, out, err } = await run([command]);
    expect(err).toBe(
      `Error: AWS does not accept the credentials (${error}): The security token included in the request is expired.\nSign in again (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.\n`,
    );
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(confluent.requests).toEqual([]);
  });

  it("is also reported by discover", async () => {
    const { run, aws, confluent } = await startOperator({ connections: TWO });
    aws.fail({
      error: "ExpiredTokenException",
      message: "The security token included in the request is expired",
    });
    const ids = ["--organization", "o", "--environment", "e", "--api-key-secret", "confluent/key"];
    const { code, err } = await run(["discover", ...ids, "--rest-endpoint", confluent.url, "--output", "-"]);
    expect(err).toContain("AWS does not accept the credentials (ExpiredTokenException)");
    expect(code).toBe(2);
  });

  it("is also reported by invoke", async () => {
    const { run } = await startOperator({ connections: TWO });
    const server = createHttpServer((_, response) => {
      response.writeHead(403, { "x-amzn-errortype": "ExpiredTokenException" });
      response.end(JSON.stringify({ message: "The security token included in the request is expired" }));
    });
    process.env["AWS_ENDPOINT_URL_LAMBDA"] = await listen(server);
    const { code, err } = await run(["invoke"]);
    expect(err).toContain(
      "(ExpiredTokenException): The security token included in the request is expired.\nSign in",
    );
    expect(code).toBe(2);
  });

  it("is reported with the name of the profile", async () => {
    const { run } = await startOperator({ connections: TWO });
    delete process.env["AWS_ACCESS_KEY_ID"];
    Object.assign(process.env, { AWS_PROFILE: "nobody", AWS_EC2_METADATA_DISABLED: "true" });
    const { code, err } = await run(["status"], { env: { AWS_PROFILE: "nobody" } });
    expect(err).toBe(
      'Error: No AWS credentials were found for profile "nobody".\nSign in again: aws sso login --profile nobody (aws configure list-profiles shows the profiles).\n',
    );
    expect(code).toBe(2);
  });
});

describe("a denied operator", () => {
  it.each([["status"], ["rotate"], ["check"]])(
    "sees AWS's message in %s, without advice about the function",
    async (command) => {
      const { run, aws } = await startOperator({ connections: TWO });
      aws.fail({ secretId: "openai", error: "AccessDeniedException", message: DENIED });
      const { code, out } = await run([command]);
      expect(out).toContain(`Secret openai may not be read (AccessDeniedException): ${DENIED}.`);
      expect(out).toContain(
        "Use a profile or role that allows secretsmanager:GetSecretValue on secret openai",
      );
      expect(out).not.toContain("function");
      expect(code).toBe(1);
    },
  );

  it("sees AWS's message about the topic", async () => {
    const { run, aws } = await startOperator({ connections: TWO });
    const message = "User: arn:aws:iam::1:user/ann is not authorized to perform: SNS:GetTopicAttributes";
    aws.fail({ operation: "GetTopicAttributes", error: "AuthorizationError", message });
    const { out } = await run(["check"]);
    expect(out).toMatch(
      /✗ alert topic: \S+ \(AuthorizationError\w*\): User: .* to perform: SNS:GetTopicAttributes/,
    );
    expect(out).toContain("    Use a profile or role that allows sns:GetTopicAttributes on the topic.");
  });
});

describe("a misspelt secret", () => {
  it("causes advice about its name, account and region, not about its value", async () => {
    const { run } = await startOperator({
      connections: TWO,
      config: { connections: [{ name: "a", type: "OPENAI", secret: "opnai" }] },
    });
    const { out } = await run(["check"]);
    expect(out).toContain("Secret opnai does not exist (ResourceNotFoundException)");
    expect(out).toContain("    Check the name opnai in connections.json, and the AWS account and region.");
  });
});

describe("a host that cannot be reached", () => {
  it("is reported once if it is Secrets Manager's", async () => {
    const { run } = await startOperator({ connections: TWO });
    process.env["AWS_ENDPOINT_URL"] = "http://secretsmanager.us-esat-1.invalid";
    const { code, out, err } = await run(["status"]);
    expect(err).toMatch(
      /^Error: secretsmanager\.us-esat-1\.invalid could not be reached \((ENOTFOUND|EAI_AGAIN)\): its name does not resolve\.\nCheck the name secretsmanager\.us-esat-1\.invalid, .*; then try again\. Nothing was written\.\n$/,
    );
    expect({ code, out }).toEqual({ code: 1, out: "" });
  });

  it.each([
    ["status", "AWS_ENDPOINT_URL", "not a url"],
    ["check", "AWS_ENDPOINT_URL", "127.0.0.1:4566"],
    ["rotate", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "htp:/x"],
    ["invoke", "AWS_ENDPOINT_URL_LAMBDA", "localhost:4566"],
  ])("is reported by %s if it is an invalid address in %s: %s", async (command, name, value) => {
    const { run, confluent } = await startOperator({ connections: TWO });
    const { code, out, err } = await run([command], { env: { [name]: value } });
    expect(err).toBe(
      `Error: ${name} is not the address of a server, such as http://localhost:4566.\nCorrect it, or unset it to call AWS.\n`,
    );
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(confluent.requests).toEqual([]);
  });

  it("makes check give up within ten seconds if it is Confluent's", async () => {
    const prod = { organizationId: "o", environmentId: "e", restEndpoint: "http://127.0.0.1:1" };
    const { run } = await startOperator({
      connections: TWO,
      config: { environments: { prod: { ...prod, apiKeySecret: "confluent/key" } } },
    });
    const startedAt = performance.now();
    const { out } = await run(["check"]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(out).toContain("127.0.0.1:1 could not be reached (ECONNREFUSED): it accepts no connection.");
    expect(out).toContain("    Check the address and port of 127.0.0.1:1");
  });

  it("is named by status on a terminal and given up within ten seconds if it is Confluent's and never responds", async () => {
    const restEndpoint = await startSilentServer();
    const prod = { organizationId: "o", environmentId: "e", restEndpoint, apiKeySecret: "confluent/key" };
    const { run } = await startOperator({ connections: TWO, config: { environments: { prod } } });
    const startedAt = performance.now();
    const { out, err } = await run(["status"], { isTTY: true, env: { NO_COLOR: "1" } });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(err).toContain(`Waiting for ${new URL(restEndpoint).host} … 1 s\n`);
    expect(out).toContain(`${new URL(restEndpoint).host} did not send a complete response in time.`);
  });

  it("is named on a terminal after one second", async () => {
    const { run } = await startOperator({ connections: TWO });
    process.env["AWS_ENDPOINT_URL"] = await startSilentServer();
    const startedAt = performance.now();
    const { err } = await run(["status"], { isTTY: true, env: { NO_COLOR: "1" } });
    expect(err).toContain("Waiting for Secrets Manager … 1 s\n");
    expect(err).toMatch(/Error: Secrets Manager could not be reached/);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });
});
