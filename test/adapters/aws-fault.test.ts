import { describe, expect, it } from "vitest";
import { describeAwsFault, toAwsFault } from "../../src/adapters/aws-fault.ts";

const CALL = { service: "SNS", permission: "sns:Publish on the topic" } as const;
const PERSON = { ...CALL, caller: "person" } as const;
const FUNCTION = { ...CALL, caller: "function" } as const;

function fromAws(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $fault: "client" });
}

describe("an AWS error", () => {
  it.each([
    ["ExpiredTokenException", "The security token included in the request is expired"],
    ["ExpiredToken", "The security token included in the request is expired"],
    ["UnrecognizedClientException", "The security token included in the request is invalid."],
    ["InvalidClientTokenId", "The security token included in the request is invalid."],
    ["InvalidSignatureException", "Signature expired: 20260321T100000Z is now earlier than 20260321T110000Z"],
  ])("(%s) asks a person, but not the function, to sign in again", (name, message) => {
    expect(toAwsFault(fromAws(name, message), PERSON)).toMatchObject({
      kind: "signed-out",
      code: name,
      nextStep: expect.stringMatching(/^Sign in again \(aws sso login\)/),
    });
    expect(toAwsFault(fromAws(name, message), FUNCTION).nextStep).not.toMatch(/sign in/i);
  });

  it("about an endpoint that is not a URL says what to correct", () => {
    const error = Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL" });
    const fault = toAwsFault(error, PERSON);
    expect(describeAwsFault("The alert could not be sent", fault)).toBe(
      "The alert could not be sent: The address that is configured for SNS is not a URL.",
    );
    expect(fault.nextStep).toContain("Correct AWS_ENDPOINT_URL, or endpoint_url of the AWS profile");
  });

  it("of a local credentials provider keeps the provider's message", () => {
    const message = "The SSO session associated with this profile has expired.";
    const error = Object.assign(new Error(message), { name: "CredentialsProviderError" });
    expect(toAwsFault(error, PERSON)).toMatchObject({ kind: "signed-out", sentence: message });
  });

  it.each([["AccessDeniedException"], ["AuthorizationErrorException"], ["AccessDenied"]])(
    "(%s) keeps AWS's message about principal and action",
    (name) => {
      const sentence = "User: arn:aws:iam::1:user/ann is not authorized to perform: SNS:Publish";
      const fault = toAwsFault(fromAws(name, sentence), PERSON);
      expect(describeAwsFault("The alert could not be sent", fault)).toBe(
        `The alert could not be sent (${name}): ${sentence}.`,
      );
    },
  );

  it("that denies access gives different advice to a person and to the function", () => {
    const error = fromAws("AccessDeniedException", "Denied.");
    expect(toAwsFault(error, PERSON).nextStep).toBe(
      "Use a profile or role that allows sns:Publish on the topic.",
    );
    expect(toAwsFault(error, FUNCTION).nextStep).toBe(
      "Allow the function's role sns:Publish on the topic; then rotate again.",
    );
  });

  it.each([
    ["because no VPC endpoint policy allows the action", "Allow", "in the VPC endpoint policy"],
    ["because no resource-based policy allows the action", "Allow", "in the resource-based policy"],
    ["because no permissions boundary allows the action", "Allow", "in the permissions boundary"],
    ["with an explicit deny in a service control policy", "Do not deny", "in the service control policy"],
    ["with an explicit deny in an identity-based policy", "Do not deny", "in the identity-based policy"],
  ])("that denies access %s names that policy in its advice", (why, verb, where) => {
    const error = fromAws(
      "AccessDeniedException",
      `User: ann is not authorized to perform: sns:Publish ${why}`,
    );
    expect(toAwsFault(error, PERSON).nextStep).toBe(
      `${verb} your role sns:Publish on the topic ${where}; then try again.`,
    );
    expect(toAwsFault(error, FUNCTION).nextStep).toBe(
      `${verb} the function's role sns:Publish on the topic ${where}; then rotate again.`,
    );
  });

  it.each(["SyntaxError", "Unknown"])("(%s) without AWS's name may come from a proxy", (name) => {
    const error = Object.assign(new Error("<html>sk-1"), { name, $response: { statusCode: 407 } });
    expect(describeAwsFault("It failed", toAwsFault(error, FUNCTION))).toBe(
      "It failed (HTTP 407): The response is not from SNS; a proxy or firewall may have sent it.",
    );
    expect(toAwsFault(error, FUNCTION).nextStep).toMatch(
      /^Check the proxies and firewalls on the way to SNS/,
    );
  });

  it("about the network names the host, the code and what to check", () => {
    const error = Object.assign(new Error("getaddrinfo ENOTFOUND sns.us-esat-1.amazonaws.com"), {
      code: "ENOTFOUND",
      hostname: "sns.us-esat-1.amazonaws.com",
    });
    const fault = toAwsFault(error, PERSON);
    expect(describeAwsFault("The alert could not be sent", fault)).toBe(
      "The alert could not be sent: sns.us-esat-1.amazonaws.com could not be reached (ENOTFOUND): its name does not resolve.",
    );
    expect(fault.nextStep).toMatch(/^Check the name sns.us-esat-1.amazonaws.com.*; then try again\.$/);
  });

  it("about the network mentions the proxy if there is one, since that may be what cannot be reached", () => {
    process.env["HTTPS_PROXY"] = "http://proxy.example.com:3128";
    const error = Object.assign(new Error("connect"), { code: "ECONNREFUSED", address: "10.0.0.1" });
    expect(toAwsFault(error, PERSON).nextStep).toMatch(/, and the proxy in HTTPS_PROXY; then try again\.$/);
  });

  it("that may quote a response shows only its code", () => {
    const fault = toAwsFault(new SyntaxError(`Unexpected token in {"SecretString":"sk-1`), PERSON);
    expect(fault).toEqual({ kind: "other", code: "SyntaxError" });
    expect(describeAwsFault("It failed", fault)).toBe("It failed (SyntaxError).");
    const odd: unknown = "sk-1";
    expect(toAwsFault(odd, PERSON)).toEqual({ kind: "other", code: "unknown error" });
  });

  it("about throttling advises trying again later", () => {
    expect(toAwsFault(fromAws("ThrottlingException", "Rate exceeded"), FUNCTION)).toMatchObject({
      kind: "throttled",
      nextStep: "Try again when fewer clients call SNS at the same time.",
    });
  });
});
