import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { getCallerIdentity } from "../../../src/adapters/providers/aws.ts";

const SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const NOW = Date.parse("2026-03-21T10:00:00Z");

async function requestFor(endpoint: string, others: Readonly<Record<string, string>> = {}) {
  const url = new URL(endpoint);
  const credentials = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: SECRET_KEY, ...others };
  const [request] = await getCallerIdentity({ credentials, url, now: NOW });
  return request;
}

const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(headers: Readonly<Record<string, string>>, body: string, region: string): string {
  const names = Object.keys(headers)
    .filter((name) => name !== "authorization")
    .toSorted();
  const canonical = [
    "POST",
    "/",
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    sha256(body),
  ].join("\n");
  const scope = `20260321/${region}/sts/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", "20260321T100000Z", scope, sha256(canonical)].join("\n");
  const key = ["20260321", region, "sts", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${SECRET_KEY}`);
  return hmac(key, toSign).toString("hex");
}

describe("sts:GetCallerIdentity", () => {
  it.each([
    ["https://bedrock-runtime.us-west-2.amazonaws.com/model/x/invoke", "sts.us-west-2.amazonaws.com"],
    ["https://bedrock-runtime-fips.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com"],
    ["https://runtime.sagemaker.eu-central-1.amazonaws.com/endpoints/x", "sts.eu-central-1.amazonaws.com"],
    ["https://s3vectors.ap-southeast-2.api.aws", "sts.ap-southeast-2.amazonaws.com"],
    ["https://runtime.sagemaker.us-gov-west-1.amazonaws.com", "sts.us-gov-west-1.amazonaws.com"],
    ["https://runtime.sagemaker.cn-north-1.amazonaws.com.cn", "sts.cn-north-1.amazonaws.com.cn"],
    ["https://vpce-1a2b-3c4d.bedrock-runtime.us-east-1.vpce.amazonaws.com", "sts.us-east-1.amazonaws.com"],
  ])("is called in the region of %s", async (endpoint, host) => {
    const request = await requestFor(endpoint);
    expect(new URL(request?.url ?? "").host).toBe(host);
    expect(request?.headers["host"]).toBe(host);
  });

  it.each(["https://bedrock.amazonaws.com", "https://amazonaws.com"])(
    "is not called without a region: %s",
    async (endpoint) => {
      expect(await requestFor(endpoint)).toBeUndefined();
    },
  );

  it.each([
    "https://bedrock.eu-central-1.example.com/model/x/invoke",
    "https://bedrock.eu-central-1.amazonaws.com.example.com",
    "https://bedrock.eu-central-1.amazonaws.com:8443",
  ])("is not called for a gateway's key: %s", async (endpoint) => {
    expect(await requestFor(endpoint)).toBeUndefined();
  });

  it.each([{}, { AWS_SESSION_TOKEN: "session-token-0123456789" }])("is signed with %o", async (others) => {
    const request = await requestFor("https://s3vectors.us-west-2.api.aws", others);
    const { headers = {}, body = "" } = request ?? {};
    const expected = signatureOf(headers, body, "us-west-2");
    expect(headers["authorization"]).toMatch(
      new RegExp(
        `^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260321/us-west-2/sts/aws4_request, .*Signature=${expected}$`,
      ),
    );
    expect(JSON.stringify(request)).not.toContain(SECRET_KEY);
  });
});
