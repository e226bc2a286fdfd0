import type { Caller } from "./caller.ts";
import { describeNetworkFault, networkAdvice, toNetworkFault } from "./network-fault.ts";
import { proxyVariable } from "./proxy.ts";

export interface AwsCall {
  readonly caller: Caller;
  /** Such as "Secrets Manager". */
  readonly service: string;
  /** The permission that the call needs, such as "sns:Publish on the topic". */
  readonly permission: string;
}

/** A failed call to AWS, and what to do about it. */
export interface AwsFault {
  readonly kind: "signed-out" | "denied" | "throttled" | "unreachable" | "other";
  /** The code of AWS, Node or the SDK, such as AccessDeniedException or ENOTFOUND. */
  readonly code: string;
  /** AWS's message, or one about the network. */
  readonly sentence?: string;
  /** One sentence; absent if it depends on the operation. */
  readonly nextStep?: string;
}

export const SIGN_IN =
  "Sign in again (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";

const SIGNED_OUT =
  /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|CredentialsProviderError|TokenProviderError|UnauthorizedSSOToken)/;
const DENIED = /AccessDenied|AuthorizationError|UnauthorizedOperation|NotAuthorized/;
const THROTTLED = /Throttl|TooManyRequests|SlowDown/;

export function toAwsFault(error: unknown, call: AwsCall): AwsFault {
  if (!(error instanceof Error)) return { kind: "other", code: "unknown error" };
  const network = isFromAws(error) ? undefined : toNetworkFault(error);
  if (network !== undefined) {
    const { kind, code, host = call.service } = network;
    const sentence = describeNetworkFault(network, host);
    const proxy = proxyVariable();
    const alsoProxy = proxy === undefined || kind === "proxy" ? "" : `, and the proxy in ${proxy}`;
    const nextStep = `${networkAdvice(kind, host)}${alsoProxy}; then try again.`;
    return { kind: "unreachable", code, sentence, nextStep };
  }
  if ("code" in error && error.code === "ERR_INVALID_URL") return invalidAddress(error.code, call);
  const status = foreignStatus(error);
  if (status !== undefined) return foreignResponse(status, call);
  const kind = kindOf(error.name);
  const sentence = sentenceOf(error);
  const nextStep = adviceOn(kind, call, sentence);
  return {
    kind,
    code: error.name,
    ...(sentence !== undefined && { sentence }),
    ...(nextStep !== undefined && { nextStep }),
  };
}

function invalidAddress(code: string, { service }: AwsCall): AwsFault {
  const sentence = `The address that is configured for ${service} is not a URL.`;
  const nextStep = "Correct AWS_ENDPOINT_URL, or endpoint_url of the AWS profile; then try again.";
  return { kind: "unreachable", code, sentence, nextStep };
}

/** Such as "Secret a could not be read (AccessDeniedException): User: … is not authorized to perform: …." */
export function describeAwsFault(what: string, { kind, code, sentence }: Omit<AwsFault, "nextStep">): string {
  if (sentence === undefined) return `${what} (${code}).`;
  return kind === "unreachable" ? `${what}: ${sentence}` : `${what} (${code}): ${sentence}`;
}

function kindOf(code: string): Exclude<AwsFault["kind"], "unreachable"> {
  if (SIGNED_OUT.test(code)) return "signed-out";
  if (DENIED.test(code)) return "denied";
  return THROTTLED.test(code) ? "throttled" : "other";
}

function adviceOn(
  kind: Exclude<AwsFault["kind"], "unreachable">,
  { caller, service, permission }: AwsCall,
  sentence = "",
): string | undefined {
  const isPerson = caller !== "function";
  const [, how, policy] = POLICY.exec(sentence) ?? [];
  switch (kind) {
    case "signed-out":
      return isPerson ? SIGN_IN : "Rotate again: Lambda renews the function's credentials by itself.";
    case "denied":
      if (policy !== undefined) {
        const verb = how === "no " ? "Allow" : "Do not deny";
        const [role, again] = isPerson ? ["your role", "try again"] : ["the function's role", "rotate again"];
        return `${verb} ${role} ${permission} in the ${policy}; then ${again}.`;
      }
      return isPerson
        ? `Use a profile or role that allows ${permission}.`
        : `Allow the function's role ${permission}; then rotate again.`;
    case "throttled":
      return `Try again when fewer clients call ${service} at the same time.`;
    case "other":
      return undefined;
  }
}

/** What AWS's sentence about a denied call blames, unless it is that the role's own policies do not allow it. */
const POLICY =
  /\b(no (?!identity)|an explicit deny in an? )((?:identity-based|resource-based|session|VPC endpoint|service control|resource control) policy|permissions boundary)/;

/** The status of a response that is not from AWS, such as the page of a proxy; AWS's own errors have a name. */
function foreignStatus(error: Error): number | undefined {
  if (!/^(SyntaxError|Unknown|UnknownError)$/.test(error.name) || !("$response" in error)) return undefined;
  const { $response: response } = error;
  const hasStatus = typeof response === "object" && response !== null && "statusCode" in response;
  return hasStatus && typeof response.statusCode === "number" ? response.statusCode : undefined;
}

function foreignResponse(status: number, { service }: AwsCall): AwsFault {
  const sentence = `The response is not from ${service}; a proxy or firewall may have sent it.`;
  const nextStep = `Check the proxies and firewalls on the way to ${service}, and HTTPS_PROXY; then try again.`;
  return { kind: "other", code: `HTTP ${status}`, sentence, nextStep };
}

/** True for an error from AWS. The message of any other error may quote a response. */
function isFromAws(error: Error): boolean {
  return "$fault" in error;
}

function sentenceOf(error: Error): string | undefined {
  const isKnown = isFromAws(error) || /ProviderError$/.test(error.name);
  const sentence = isKnown ? error.message.trim() : "";
  if (sentence === "") return undefined;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
