import { describe, expect, it } from "vitest";
import { describeNetworkFault, networkAdvice, toNetworkFault } from "../../src/adapters/network-fault.ts";

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(`${code} with a secret`), { code, ...more });
}

describe("a network fault", () => {
  it.each([
    ["ENOTFOUND", "name", "its name does not resolve", "Check the name flink.example.com"],
    ["ECONNREFUSED", "refused", "it accepts no connection", "Check the address and port"],
    ["ETIMEDOUT", "timeout", "it did not respond in time", "VPC endpoint"],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout", "it did not respond in time", "firewalls and routes"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate", "its certificate is not trusted", "NODE_EXTRA_CA_CERTS"],
    [
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "certificate",
      "its certificate is not trusted",
      "NODE_EXTRA_CA_CERTS",
    ],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "certificate",
      "its certificate is not trusted",
      "the certificate of flink",
    ],
    ["CERT_HAS_EXPIRED", "expired", "its certificate is not valid at this time", "Renew the certificate"],
    [
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "tls",
      "no TLS connection could be set up",
      "expects https on this port",
    ],
    ["EPROTO", "tls", "no TLS connection could be set up", "expects https on this port"],
    ["HPE_INVALID_CONSTANT", "protocol", "its response is not valid HTTP", "something else may answer there"],
    ["UND_ERR_HEADERS_OVERFLOW", "protocol", "its response is not valid HTTP", "address and port"],
    ["ECONNRESET", "interrupted", "the connection was closed", "proxies and firewalls"],
  ])("(%s) is explained by its code only", (code, kind, reason, advice) => {
    const fault = toNetworkFault(coded(code));
    if (fault === undefined) throw new Error(`${code} is not known.`);
    expect(fault).toEqual({ code, kind });
    expect(describeNetworkFault(fault, "flink.example.com")).toBe(
      `flink.example.com could not be reached (${code}): ${reason}.`,
    );
    expect(networkAdvice(fault.kind, "flink.example.com")).toContain(advice);
  });

  it("is found in a cause and in an AggregateError", () => {
    const cause = coded("ENOTFOUND", { hostname: "nowhere.invalid" });
    const expected = { code: "ENOTFOUND", kind: "name", host: "nowhere.invalid" };
    expect(toNetworkFault(new TypeError("fetch failed", { cause }))).toEqual(expected);
    expect(toNetworkFault(new AggregateError([cause, coded("ECONNREFUSED")]))).toEqual(expected);
    expect(toNetworkFault(coded("ECONNREFUSED", { address: "10.0.0.1" }))).toMatchObject({
      host: "10.0.0.1",
    });
  });

  it("is attributed to the proxy if the proxy refuses the tunnel", () => {
    const error = Object.assign(new Error("Proxy response (407) !== 200 when HTTP Tunneling"), {
      code: "UND_ERR_ABORTED",
    });
    const fault = toNetworkFault(error);
    expect(fault).toEqual({ code: "PROXY_407", kind: "proxy" });
    expect(networkAdvice("proxy", "flink.example.com")).toContain("HTTPS_PROXY");
  });

  it("is attributed to the proxy with its status for the AWS SDK, too", () => {
    const fault = toNetworkFault(coded("ERR_PROXY_TUNNEL", { statusCode: 502 }));
    expect(fault).toEqual({ code: "PROXY_502", kind: "proxy" });
    expect(toNetworkFault(coded("ERR_PROXY_TUNNEL"))).toMatchObject({ code: "ERR_PROXY_TUNNEL" });
  });

  it.each([[new Error("A bug")], [new SyntaxError("Unexpected token")], ["a text"], [undefined]])(
    "is not inferred from %s",
    (error) => expect(toNetworkFault(error)).toBeUndefined(),
  );
});
