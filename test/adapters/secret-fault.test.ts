import { describe, expect, it } from "vitest";
import { moveLabelError, readError } from "../../src/adapters/secret-fault.ts";

const VALUE = "sk-secret-value-0123456789";
const DENIED =
  "User: arn:aws:sts::123456789012:assumed-role/rotator/i-1 is not authorized to perform: secretsmanager:GetSecretValue on resource: prod/openai because no identity-based policy allows the secretsmanager:GetSecretValue action";

const FUNCTION = { caller: "function", redact: (text: string) => text } as const;
const PERSON = { caller: "person", redact: (text: string) => text } as const;

function fromAws(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $fault: "client" });
}

describe("an error about a secret that cannot be read", () => {
  it("keeps AWS's message about principal, action and resource", () => {
    const error = readError("prod/openai", fromAws("AccessDeniedException", DENIED), FUNCTION);
    expect(error.message).toBe(`Secret prod/openai may not be read (AccessDeniedException): ${DENIED}.`);
    expect(error.response.nextStep).toMatch(
      /^Allow the function's role secretsmanager:GetSecretValue on secret/,
    );
    expect(error.cause).toBeUndefined();
  });

  it("does not mention the function's role to a person", () => {
    const error = readError("prod/openai", fromAws("AccessDeniedException", DENIED), PERSON);
    expect(`${error.message} ${error.response.nextStep}`).not.toContain("function");
    expect(error.response.nextStep).toMatch(
      /^Use a profile or role that allows secretsmanager:GetSecretValue/,
    );
  });

  it.each([
    ["AccessDeniedException", `User: ${VALUE} {} is not authorized to perform: everything`],
    ["InternalServiceError", `An error about ${VALUE}.`],
    ["InvalidRequestException", `You can't use "${VALUE}".`],
    ["ResourceNotFoundException", `Secrets Manager can't find "${VALUE}".`],
  ])("hides an unknown message of AWS: %s", (name, message) => {
    expect(readError("openai", fromAws(name, message), FUNCTION).message).not.toContain(VALUE);
  });

  it("redacts AWS's message", () => {
    const redact = (text: string) => text.replaceAll("rotator", "[redacted]");
    const error = readError("openai", fromAws("AccessDeniedException", DENIED), { ...FUNCTION, redact });
    expect(error.message).toContain("assumed-role/[redacted]/i-1");
  });

  it.each([
    [
      "Secrets Manager can't find the specified secret.",
      "does not exist",
      "Check the name openai in connections.json, and the AWS account and region.",
    ],
    [
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      "has no version with the label AWSCURRENT",
      "Put a value into secret openai; that starts the rotation by itself.",
    ],
  ])("says whether the secret or its value is missing: %s", (sentence, what, nextStep) => {
    const error = readError("openai", fromAws("ResourceNotFoundException", sentence), FUNCTION);
    expect(error.message).toContain(`Secret openai ${what} (ResourceNotFoundException)`);
    expect(error.response).toEqual({ nextStep });
  });

  it.each([
    [
      "You can't perform this operation on the secret because it was marked for deletion.",
      "Restore the secret",
    ],
    ["You can't access a secret from a different AWS account.", "Check the state of secret openai"],
  ])("says what to do after an invalid request: %s", (sentence, advice) => {
    const error = readError("openai", fromAws("InvalidRequestException", sentence), FUNCTION);
    expect(error.message).toContain(sentence);
    expect(error.response.nextStep).toContain(advice);
  });
});

describe("an error about a secret that cannot be decrypted or found", () => {
  const KMS_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234-abcd";

  it.each([
    ["InvalidRequestException", `${KMS_KEY} is pending deletion.`, true],
    ["KMSInvalidStateException", `${KMS_KEY} is pending import.`, true],
    ["KMSNotFoundException", "No such key.", false],
    ["NotFoundException", `Key '${KMS_KEY}' does not exist`, false],
  ])("(%s) is about its KMS key, and not about its deletion", (name, sentence, isShown) => {
    const { message, response } = readError("openai", fromAws(name, sentence), FUNCTION);
    const words = `Secret openai cannot be decrypted: its KMS key cannot be used (${name})`;
    expect(message).toBe(isShown ? `${words}: ${sentence}` : `${words}.`);
    expect(response.nextStep).toMatch(/^Check that the secret's KMS key exists/);
  });

  it("is about its name if AWS refuses that", () => {
    const sentence =
      "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
    const { message, response } = readError(
      "open ai",
      fromAws("InvalidParameterException", sentence),
      FUNCTION,
    );
    expect(message).toBe(`Secret open ai cannot have this name (InvalidParameterException): ${sentence}`);
    expect(response.nextStep).toBe("Correct the name open ai in connections.json.");
  });
});

describe("an error about a label that cannot be moved", () => {
  it("says why and what to do", () => {
    const sentence =
      "User: arn:aws:iam::1:user/ann is not authorized to perform: secretsmanager:UpdateSecretVersionStage on resource: openai";
    const error = moveLabelError(
      "openai",
      "FLINK_READY",
      fromAws("AccessDeniedException", sentence),
      FUNCTION,
    );
    expect(error.message).toBe(
      `The label FLINK_READY of secret openai could not be moved (AccessDeniedException): ${sentence}.`,
    );
    expect(error.response.nextStep).toContain("secretsmanager:UpdateSecretVersionStage on secret openai");
  });
});

describe("the advice to somebody without a connections.json", () => {
  const NEWCOMER = { caller: "newcomer", redact: (text: string) => text } as const;

  it.each([
    ["ResourceNotFoundException", "", "Check the name openai, and the AWS account and region."],
    [
      "ResourceNotFoundException",
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      "Put a value into secret openai.",
    ],
    [
      "InvalidRequestException",
      "You can't perform this operation on the secret because it was marked for deletion.",
      "Restore the secret (aws secretsmanager restore-secret --secret-id openai).",
    ],
    [
      "InvalidRequestException",
      "You can't do this.",
      "Check the state of secret openai in the AWS console; then try again.",
    ],
    ["ValidationException", "Invalid name.", "Correct the name openai."],
    ["KMSDisabledException", "", "Enable the secret's KMS key; then try again."],
    ["DecryptionFailure", "", /; then try again\.$/],
    ["KMSInvalidStateException", "", /; then try again\.$/],
    ["InternalServiceError", "", "Try again; if that fails too, see the AWS Health Dashboard."],
    ["AccessDeniedException", DENIED, /^Use a profile or role/],
  ])("(%s: %s) names neither the file nor a rotation", (name, sentence, advice) => {
    const { nextStep } = readError("openai", fromAws(name, sentence), NEWCOMER).response;
    expect(nextStep).toEqual(typeof advice === "string" ? advice : expect.stringMatching(advice));
  });
});
