import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { isLoopback, isOwned } from "./destination.ts";
import type { ProviderError, ProviderRequest, RequestInput } from "./provider.ts";

export const AWS_DOMAINS = ["amazonaws.com", "api.aws", "amazonaws.com.cn"];

const BODY = "Action=GetCallerIdentity&Version=2011-06-15";
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** `sts:GetCallerIdentity` in the region of the endpoint. The secret key signs the request and is not sent. */
export async function getCallerIdentity(input: RequestInput): Promise<readonly ProviderRequest[]> {
  const { credentials, now } = input;
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = credentials;
  const target = stsOf(input);
  if (accessKeyId === undefined || secretAccessKey === undefined || target === undefined) return [];
  const signer = new SignatureV4({
    service: "sts",
    region: target.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    sha256: Sha256,
  });
  const { protocol, host, hostname, href } = target.url;
  const headers = { host, "content-type": "application/x-www-form-urlencoded" };
  const unsigned = { method: "POST", protocol, hostname, path: "/", query: {}, headers, body: BODY } as const;
  const signed = await signer.sign(unsigned, { signingDate: new Date(now) });
  return [{ method: "POST", url: href, headers: signed.headers, body: BODY }];
}

/**
 * The STS endpoint of the connection's region; each partition has its own domain. `undefined` for a gateway that issues its own
 * keys, which STS does not know.
 */
function stsOf({ url }: RequestInput): { url: URL; region: string } | undefined {
  if (isLoopback(url)) return { url: new URL(url.origin), region: "us-east-1" };
  if (!isOwned(url, AWS_DOMAINS)) return undefined;
  const region = url.hostname.split(".").find((label) => REGION.test(label));
  if (region === undefined) return undefined;
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return { url: new URL(`https://sts.${region}.${domain}`), region };
}

const ERROR_RESPONSE = /^\s*(<\?xml[^>]*>\s*)?<ErrorResponse[\s>]/;

/** STS answers in XML. */
export function xmlError(body: string): ProviderError {
  if (!ERROR_RESPONSE.test(body)) return {};
  return { code: /<Code>([^<]*)</.exec(body)?.[1], message: /<Message>([^<]*)</.exec(body)?.[1] };
}

export function isCallerIdentity(body: string): boolean {
  return body.includes("<GetCallerIdentityResult>");
}
