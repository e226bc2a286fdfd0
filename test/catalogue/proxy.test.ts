import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCertificateAuthority } from "../support/certificate.ts";
import { runCli } from "../support/child.ts";
import { startConnectProxy } from "../support/connect-proxy.ts";
import { type Deployment, deploy } from "../support/deployment.ts";
import { startWatchedProviders } from "../support/leak-watch.ts";

const SCHEDULE = { trigger: "schedule" };
const CONFLUENT = "flink.us-east-1.aws.confluent.cloud";
const PROVIDER = "api.example.invalid";
const AWS = "aws.example.com";
const PASSWORD = "proxy-password-0123456789";
const KEY = "sk-new-0123456789";

interface Behind extends Deployment {
  readonly targets: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The built function in a network that has only a proxy. Variables without a value are omitted. */
async function deployBehindProxy(
  changes: Readonly<Record<string, string | undefined>> = {},
  provider: { readonly endpoint?: string; readonly providers?: string } = {},
): Promise<Behind> {
  const authority = createCertificateAuthority();
  const folder = mkdtempSync(join(tmpdir(), "authority-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "company-ca.pem");
  writeFileSync(file, authority.cert);
  const routes: Record<string, string> = {};
  const proxy = await startConnectProxy({ routes, authority, credentials: `rotator:${PASSWORD}` });
  const variables = {
    AWS_ENDPOINT_URL: `https://${AWS}`,
    HTTPS_PROXY: proxy.url.replace("://", `://rotator:${PASSWORD}@`),
    NODE_EXTRA_CA_CERTS: file,
    ...changes,
  };
  const env = Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const deployment = await deploy({
    key: KEY,
    restEndpoint: `https://${CONFLUENT}`,
    env,
    ...(provider.endpoint !== undefined && { endpoint: provider.endpoint }),
  });
  routes[CONFLUENT] = deployment.confluent.url;
  routes[AWS] = deployment.aws.url;
  if (provider.providers !== undefined) routes[PROVIDER] = provider.providers;
  return { ...deployment, targets: proxy.targets, env };
}

describe("behind a proxy with a company's certificate authority", () => {
  it("row 41: the function rotates connections and publishes its alert through the proxy", async () => {
    const { aws, confluent, invoke, targets } = await deployBehindProxy();
    expect((await invoke(SCHEDULE)).report).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect(confluent.connection("a").data["API_KEY"]).toBe(KEY);
    expect(new Set(targets)).toEqual(new Set([`${CONFLUENT}:443`, `${AWS}:443`]));
    confluent.fail({ method: "PUT", times: 10, fault: { kind: "status", status: 400 } });
    await invoke(SCHEDULE);
    expect(aws.published()).toHaveLength(1);
  });

  it("row 41: the provider of a key is asked through the proxy", async () => {
    const providers = await startWatchedProviders({ accepts: () => false });
    onTestFinished(() => providers.close());
    const endpoint = `https://${PROVIDER}/v1`;
    const { invoke, targets } = await deployBehindProxy({}, { endpoint, providers: providers.url });
    expect((await invoke(SCHEDULE)).error?.message).toContain("2 of 2 not attempted (rejected)");
    expect(providers.calls).toHaveLength(1);
    expect(targets).toContain(`${PROVIDER}:443`);
  });

  it("row 41: the command line rotates connections through the proxy", async () => {
    const { confluent, env, configFile } = await deployBehindProxy();
    const own = { CONNECTIONS_FILE: configFile, AWS_REGION: "us-east-1" };
    const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    expect(await runCli(["rotate"], { ...env, ...own, ...keys })).toMatchObject({ code: 0 });
    expect(confluent.connection("b").data["API_KEY"]).toBe(KEY);
  });

  it("row 41: the alert about an unknown certificate authority says how to trust it", async () => {
    const { aws, invoke } = await deployBehindProxy({
      AWS_ENDPOINT_URL: undefined,
      NODE_EXTRA_CA_CERTS: undefined,
    });
    const { error, printed } = await invoke(SCHEDULE);
    expect(error?.message).toContain("(unreachable)");
    expect(aws.published()[0]?.message).toContain("set NODE_EXTRA_CA_CERTS to a PEM file");
    expect(`${printed}${aws.published()[0]?.message}`).not.toContain(PASSWORD);
  });

  it("row 41: the log says how to trust the certificate authority if not even AWS can be reached", async () => {
    const { invoke } = await deployBehindProxy({ NODE_EXTRA_CA_CERTS: undefined });
    const { error, printed } = await invoke(SCHEDULE);
    expect(error?.message).toContain("The alert could not be sent");
    expect(printed).toContain("certificate of Secrets Manager");
    expect(printed).toContain("NODE_EXTRA_CA_CERTS");
    expect(`${error?.message}${printed}`).not.toContain(PASSWORD);
  });

  it.each([`socks5://u:${PASSWORD}@proxy.example.com`, `http://u:${PASSWORD}%@proxy.example.com`])(
    "row 41: an invalid proxy address stops the run before it starts (%#)",
    async (HTTPS_PROXY) => {
      const { invoke } = await deployBehindProxy({ HTTPS_PROXY });
      const { error, printed } = await invoke(SCHEDULE);
      expect(error?.message).toContain("HTTPS_PROXY has a problem");
      expect(`${error?.message}${printed}`).not.toContain(PASSWORD);
    },
  );
});
