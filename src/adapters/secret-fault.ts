import { ReplicaError, RotationError, SecretError } from "../rotation/errors.ts";
import { regionOption, shellQuote } from "../rotation/shell.ts";
import { type AwsFault, describeAwsFault, toAwsFault } from "./aws-fault.ts";
import { type Caller, inConnectionsFile, tryAgain } from "./caller.ts";

export interface FaultContext {
  readonly caller: Caller;
  /** Removes secrets from AWS's messages. */
  readonly redact: (text: string) => string;
  /** The region that was called, if it is known. */
  readonly region?: string | undefined;
}

/** The error for a failed read, with a next step. It has no cause, which could quote a value. */
export function readError(secretId: string, error: unknown, context: FaultContext): RotationError {
  if (error instanceof RotationError) return error;
  const permission = `secretsmanager:GetSecretValue on secret ${secretId} and kms:Decrypt with its KMS key`;
  const fault = toAwsFault(error, { ...context, service: "Secrets Manager", permission });
  const { what, nextStep = fault.nextStep ?? retryAdvice(context) } =
    REFUSALS.find(({ codes }) => codes.test(fault.code))?.describe({
      ...context,
      secretId,
      sentence: fault.sentence,
    }) ?? ({ what: "could not be read" } as const);
  return new SecretError(describe(`Secret ${secretId} ${what}`, fault, context), { nextStep });
}

/** The error for a staging label that could not be moved, with a next step. */
export function moveLabelError(
  secretId: string,
  label: string,
  error: unknown,
  context: FaultContext,
): RotationError {
  if (error instanceof RotationError) return error;
  if (error instanceof Error && REPLICA_SENTENCE.test(error.message))
    return new ReplicaError(
      `The label ${label} of secret ${secretId}, which is a replica, could not be moved. AWS says: ${context.redact(error.message)}`,
    );
  const permission = `secretsmanager:UpdateSecretVersionStage on secret ${secretId}`;
  const fault = toAwsFault(error, { ...context, service: "Secrets Manager", permission });
  const { nextStep = retryAdvice(context) } = fault;
  return new SecretError(
    describe(`The label ${label} of secret ${secretId} could not be moved`, fault, context),
    {
      nextStep,
    },
  );
}

const REPLICA_SENTENCE = /^[\w ',.-]{0,100}\breplica\b[\w ',.-]{0,100}$/;

/** The error for a failed DescribeSecret, with a next step. */
export function describeError(secretId: string, error: unknown, context: FaultContext): RotationError {
  if (error instanceof RotationError) return error;
  const permission = `secretsmanager:DescribeSecret on secret ${secretId}`;
  const fault = toAwsFault(error, { ...context, service: "Secrets Manager", permission });
  const { nextStep = retryAdvice(context) } = fault;
  return new SecretError(describe(`Secret ${secretId} could not be described`, fault, context), { nextStep });
}

function retryAdvice({ caller }: FaultContext): string {
  const again = caller === "newcomer" ? "Try again" : "Rotate again";
  return `${again}; if that fails too, see the AWS Health Dashboard.`;
}

interface Refused extends FaultContext {
  readonly secretId: string;
  readonly sentence: string | undefined;
}

interface Refusal {
  readonly what: string;
  readonly nextStep?: string;
}

const REFUSALS: readonly {
  readonly codes: RegExp;
  readonly describe: (refused: Refused) => Refusal;
}[] = [
  { codes: /^ResourceNotFoundException$/, describe: notFound },
  { codes: /^InvalidRequestException$/, describe: invalidRequest },
  { codes: /^AccessDeniedException$/, describe: () => ({ what: "may not be read" }) },
  {
    codes: /^KMSAccessDeniedException$/,
    describe: () => ({ what: "cannot be decrypted: its KMS key is denied" }),
  },
  {
    codes: /^DecryptionFailure$/,
    describe: ({ caller }) => ({
      what: "cannot be decrypted: its KMS key is disabled, denied or deleted",
      nextStep: `Check that the secret's KMS key is enabled and that kms:Decrypt is allowed; then ${tryAgain(caller)}.`,
    }),
  },
  {
    codes: /^KMSDisabledException$/,
    describe: ({ caller }) => ({
      what: "cannot be decrypted: its KMS key is disabled",
      nextStep: `Enable the secret's KMS key; then ${tryAgain(caller)}.`,
    }),
  },
  { codes: /^(KMS\w+|NotFoundException)$/, describe: unusableKey },
  {
    codes: /^(InvalidParameterException|ValidationException)$/,
    describe: ({ secretId, caller }) => ({
      what: "cannot have this name",
      nextStep: `Correct the name ${secretId}${inConnectionsFile(caller)}.`,
    }),
  },
];

/** AWS uses one code for a missing secret and for one without a current version. */
function notFound({ secretId, sentence, caller }: Refused): Refusal {
  if (sentence !== undefined && /secret value|staging label/.test(sentence)) {
    const effect = caller === "newcomer" ? "" : "; that starts the rotation by itself";
    return {
      what: "has no version with the label AWSCURRENT",
      nextStep: `Put a value into secret ${secretId}${effect}.`,
    };
  }
  return {
    what: "does not exist",
    nextStep: `Check the name ${secretId}${inConnectionsFile(caller)}, and the AWS account and region.`,
  };
}

function unusableKey({ caller }: Refused): Refusal {
  return {
    what: "cannot be decrypted: its KMS key cannot be used",
    nextStep: `Check that the secret's KMS key exists, is enabled and is not scheduled for deletion; then ${tryAgain(caller)}.`,
  };
}

function invalidRequest(refused: Refused): Refusal {
  const { secretId, sentence, caller, region } = refused;
  if (sentence !== undefined && /\bkms\b/i.test(sentence)) return unusableKey(refused);
  const isDeleted = sentence === undefined || /delet/.test(sentence);
  const command = `aws secretsmanager restore-secret${regionOption(region)} --secret-id ${shellQuote(secretId)}`;
  const otherwise = caller === "newcomer" ? "" : ", or remove its connections from connections.json";
  return isDeleted
    ? {
        what: "cannot be read: it is scheduled for deletion",
        nextStep: `Restore the secret (${command})${otherwise}.`,
      }
    : {
        what: "cannot be read",
        nextStep: `Check the state of secret ${secretId} in the AWS console; then ${tryAgain(caller)}.`,
      };
}

/** Messages of AWS that contain only names. Any other message might quote a value. */
const KNOWN_SENTENCES = [
  /^User: [\w:/.@+=,-]+ is not authorized to perform: [\w:]+( on resource: [\w:/.@+=,!*-]+)?( (because|with) [\w :/.@+=,*-]{1,300})?\.$/,
  /^Access to KMS is not allowed\.$/,
  /^The security token included in the request is (expired|invalid)\.$/,
  /^Secrets Manager can.t find the specified secret( value for (staging label|VersionId): [\w/.+=@-]+)?\.$/,
  /^arn:[\w-]+:kms:[\w:/-]+ is (disabled|unavailable|pending (deletion|import|replica deletion))\.$/,
  /^Invalid name\. Must be [\w ,:/+=.@!-]+$/,
  /^The response is not from Secrets Manager; a proxy or firewall may have sent it\.$/,
  /^You can.t (perform this operation on|access) [\w .-]+\.$/,
];

function describe(what: string, { sentence, ...fault }: AwsFault, { redact }: FaultContext): string {
  const isKnown =
    sentence !== undefined &&
    (fault.kind === "unreachable" || KNOWN_SENTENCES.some((pattern) => pattern.test(sentence)));
  return describeAwsFault(what, { ...fault, ...(isKnown && { sentence: redact(sentence) }) });
}
