import { Agent } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAgent, type HttpResponse, sendRequest } from "../../src/adapters/http.ts";
import { NetworkError } from "../../src/adapters/network-error.ts";
import { awsProxyOptions, proxySettings } from "../../src/adapters/proxy.ts";
import { createCertificateAuthority } from "../support/certificate.ts";
import { startConnectProxy } from "../support/connect-proxy.ts";
import { serve } from "../support/server.ts";

const PROXY = "http://proxy.example.com:3128";

describe("the proxy settings", () => {
  it.each([
    ["HTTPS_PROXY", { HTTPS_PROXY: PROXY, HTTP_PROXY: "http://other.example.com" }],
    ["https_proxy before HTTPS_PROXY", { https_proxy: PROXY, HTTPS_PROXY: "http://other.example.com" }],
    ["HTTP_PROXY without HTTPS_PROXY", { HTTP_PROXY: PROXY, HTTPS_PROXY: "" }],
    ["http_proxy", { http_proxy: PROXY }],
    ["an address without a scheme", { HTTPS_PROXY: "proxy.example.com:3128" }],
    ["an address with a path, which is ignored", { HTTPS_PROXY: `${PROXY}/proxy.pac?a#b` }],
    ["a variable that is not blank", { HTTPS_PROXY: " ", HTTP_PROXY: ` ${PROXY}\n` }],
  ])("come from %s", (_case, env) => {
    expect(proxySettings(env)).toMatchObject({ url: `${PROXY}/`, host: "proxy.example.com:3128" });
  });

  it("are undefined without these variables", () => {
    expect(proxySettings({ NO_PROXY: "*" })).toBeUndefined();
    expect(awsProxyOptions(undefined)).toEqual({});
  });

  it("exclude loopback addresses and the hosts of NO_PROXY", () => {
    const settings = proxySettings({ HTTPS_PROXY: PROXY, NO_PROXY: "a.example.com, .b.example.com" });
    expect(settings?.noProxy).toEqual(["a.example.com", ".b.example.com", "localhost", "127.0.0.1", "::1"]);
    expect(proxySettings({ HTTPS_PROXY: PROXY, no_proxy: "*", NO_PROXY: "x" })?.noProxy).toContain("*");
  });

  it("exclude the subdomains of a NO_PROXY entry for the AWS SDK, too", () => {
    const { httpsAgent } = awsProxyOptions(proxySettings({ HTTPS_PROXY: PROXY, NO_PROXY: "a.com,*.b.com" }));
    expect(httpsAgent?.proxyEnv).toMatchObject({
      HTTPS_PROXY: `${PROXY}/`,
      NO_PROXY: expect.stringContaining("a.com,.a.com,*.b.com,localhost"),
    });
  });

  it.each(["socks5://proxy.example.com", "http://?", "ftp://user:secret-password@proxy"])(
    "reject %s without repeating it",
    (url) => {
      expect(() => proxySettings({ HTTPS_PROXY: url })).toThrow(
        /^HTTPS_PROXY .*\n.*not the address of a proxy/,
      );
      expect(() => proxySettings({ HTTPS_PROXY: url })).not.toThrow(url);
    },
  );
});

describe("the password of a proxy", () => {
  it("may be percent-encoded, and must be if it contains a percent sign", () => {
    const withPassword = (password: string) => ({ HTTPS_PROXY: `http://user:${password}@proxy.example.com` });
    expect(proxySettings(withPassword("p%40s"))?.url).toBe("http://user:p%40s@proxy.example.com/");
    expect(() => proxySettings(withPassword("secret%word"))).toThrow(/must be written as %25/);
    expect(() => proxySettings(withPassword("secret%word"))).not.toThrow(/secret/);
  });
});

describe("a request through a proxy", () => {
  const HOST = "flink.us-east-1.aws.confluent.cloud";

  /** A proxy whose certificate authority the agent does not know. */
  async function open(credentials?: { readonly wanted: string; readonly sent?: string }) {
    const target = await serve((_request, response) => response.end("reached"));
    const proxy = await startConnectProxy({
      routes: { [HOST]: target },
      authority: createCertificateAuthority(),
      ...(credentials && { credentials: credentials.wanted }),
    });
    const url = credentials?.sent ? proxy.url.replace("://", `://${credentials.sent}@`) : proxy.url;
    return { target, proxy, ...through(url) };
  }

  function through(url: string, NO_PROXY = "") {
    const settings = proxySettings({ HTTPS_PROXY: url, NO_PROXY });
    const agent = createAgent(settings);
    onTestFinished(() => agent.destroy());
    const send = (to: string): Promise<HttpResponse> =>
      sendRequest(agent, { method: "GET", url: to, timeoutMs: 5_000 }, settings);
    return { agent, send };
  }

  async function failure(response: Promise<HttpResponse>): Promise<NetworkError> {
    const error: unknown = await response.catch((reason: unknown) => reason);
    if (error instanceof NetworkError) return error;
    throw new Error("There is a response, or an error of another class.", { cause: error });
  }

  it("that meets an unknown certificate says how to trust it", async () => {
    const { send, proxy } = await open();
    const error = await failure(send(`https://${HOST}/a`));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: false });
    expect(error.message).toMatch(
      /could not be reached \([A-Z_]*(CERT|VERIFY)[A-Z_]*\): its certificate is not trusted\.$/,
    );
    expect(error.response.nextStep).toContain("NODE_EXTRA_CA_CERTS");
    expect(proxy.targets).toEqual([`${HOST}:443`]);
  });

  it("bypasses the proxy for loopback addresses and the hosts of NO_PROXY", async () => {
    const { target, proxy, send } = await open();
    await expect(send(target)).resolves.toMatchObject({ body: "reached" });
    const direct = through(proxy.url, "confluent.invalid");
    const error = await failure(direct.send("https://flink.confluent.invalid"));
    expect(error.message).toContain("flink.confluent.invalid could not be reached");
    expect(proxy.targets).toEqual([]);
  });

  it.each([
    ["no credentials", undefined],
    ["wrong credentials", "user:wrong-password"],
  ])("with %s fails with a permanent error that names the proxy and no password", async (_case, sent) => {
    const { send, proxy } = await open({ wanted: "user:right-password", ...(sent && { sent }) });
    const error = await failure(send(`https://${HOST}/a`));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: false });
    const { host } = new URL(proxy.url);
    expect(error.message).toBe(`${HOST} could not be reached through the proxy ${host} (407).`);
    expect(error.response.nextStep).toContain("HTTPS_PROXY: http://user:password@host:port");
  });

  it("sends the credentials in the proxy's address", async () => {
    const { send } = await open({ wanted: "us er:p@ss/word", sent: "us%20er:p%40ss%2Fword" });
    expect((await failure(send(`https://${HOST}/a`))).message).toMatch(/CERT|VERIFY/);
  });

  it("to a host that the proxy refuses fails with a permanent error", async () => {
    const error = await failure((await open()).send("https://login.example.com"));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: false });
    expect(error.message).toMatch(
      /^login\.example\.com could not be reached through the proxy .* \(403\)\.$/,
    );
    expect(error.response.nextStep).toContain("allows login.example.com");
  });

  it("that is down fails with a transient error that names the proxy", async () => {
    const error = await failure(through("http://127.0.0.1:1").send(`https://${HOST}/a`));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: true });
    expect(error.message).toBe(`${HOST} could not be reached through the proxy 127.0.0.1:1 (ECONNREFUSED).`);
    expect(error.response.nextStep).toContain("NO_PROXY");
  });

  it("is sent directly if no proxy is set", () => {
    const agent = createAgent(undefined);
    onTestFinished(() => agent.destroy());
    expect(agent).toBeInstanceOf(Agent);
  });
});
