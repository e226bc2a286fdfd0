import type * as z from "zod/mini";
import { EventError } from "../rotation/errors.ts";
import type { Trigger } from "../rotation/plan.ts";
import { type AwsScope, sameScope, scopeOf, toArn } from "../rotation/secret-id.ts";
import { printable } from "../rotation/untrusted-text.ts";
import {
  apiCall,
  direct,
  labelUpdated,
  rotationStep,
  schedule,
  scheduled,
  serviceEvent,
} from "./event-schemas.ts";

const CURRENT = "AWSCURRENT";

/** The account and region of the invoked function; `undefined` if they are unknown. */
export function functionScope(invokedFunctionArn: string | undefined): AwsScope | undefined {
  const [, partition, region, account] = FUNCTION_ARN.exec(invokedFunctionArn ?? "") ?? [];
  return partition && region && account ? { partition, region, account } : undefined;
}

const FUNCTION_ARN = /^arn:([^:]+):lambda:([^:]+):(\d+):/;

/** The same as `parseTrigger`; an error is logged before it is thrown. */
export function readTrigger(
  event: unknown,
  log: { startFailed: (error: unknown) => void },
  own: AwsScope | undefined,
): Trigger {
  try {
    return parseTrigger(event, own);
  } catch (error) {
    log.startFailed(error);
    throw error;
  }
}

/**
 * Parses an event. It is trusted only for the identity of the secret and of its version.
 * @param own the account and region of the function; the name of a secret elsewhere becomes an ARN.
 * @throws EventError for an event that the function does not support.
 */
export function parseTrigger(event: unknown, own?: AwsScope): Trigger {
  return (
    read(schedule, event, () => ({ kind: "schedule" })) ??
    read(scheduled, event, () => ({ kind: "schedule" })) ??
    read(labelUpdated, event, (parsed) => fromLabel(parsed, own)) ??
    read(apiCall, event, (parsed) => fromApiCall(parsed, own)) ??
    read(serviceEvent, event, (parsed) => fromServiceEvent(parsed, own)) ??
    read(direct, event, fromDirect) ??
    refuse(event)
  );
}

function read<S extends z.ZodMiniType>(
  schema: S,
  event: unknown,
  toTrigger: (parsed: z.output<S>) => Trigger,
): Trigger | undefined {
  const parsed = schema.safeParse(event);
  return parsed.success ? toTrigger(parsed.data) : undefined;
}

const MAX_QUOTED = 100;

/** What belongs at a path in an event. */
function expectedAt([key, index]: readonly PropertyKey[]): string {
  if (key === undefined) return "a JSON object";
  if (key === "trigger") return '"schedule"';
  if (key === "dryRun" || key === "alert") return "true or false";
  return index === undefined ? "a list with at least one name" : "a name";
}

function refuse(event: unknown): never {
  if (rotationStep.safeParse(event).success) {
    throw new EventError(
      "This function is not a Secrets Manager rotation function. Nothing was changed. Attach the function that creates the new key as the secret's rotation function; the rotator starts by itself when AWSCURRENT moves.",
    );
  }
  const isObject = typeof event === "object" && event !== null && !Array.isArray(event);
  const meant = isObject && "trigger" in event ? schedule : direct;
  const fault = meant.safeParse(event).error?.issues[0];
  const where =
    fault?.code === "unrecognized_keys"
      ? `unknown key "${printable(fault.keys[0] ?? "", MAX_QUOTED)}"`
      : `${fault?.path.join(".") || "event"}: must be ${expectedAt(fault?.path ?? [])}`;
  throw new EventError(
    `Unsupported event (${where}). Nothing was changed. Send {"trigger":"schedule"}, an EventBridge event of Secrets Manager, or {"connections":[…],"secrets":[…],"dryRun":true,"alert":false} with any of these keys.`,
  );
}

function fromDirect({ connections, secrets, dryRun, alert }: z.output<typeof direct>): Trigger {
  return {
    kind: "direct",
    ...(connections && { connections: [...new Set(connections)] }),
    ...(secrets && { secrets: [...new Set(secrets)] }),
    ...(dryRun !== undefined && { dryRun }),
    ...(alert !== undefined && { alert }),
  };
}

function fromLabel(
  { account, region, resources: [arn], detail }: z.output<typeof labelUpdated>,
  own: AwsScope | undefined,
): Trigger {
  const secret = locate(arn ?? detail.name, { account, region }, own);
  if (secret === undefined) return ignore("the event names no secret");
  if (detail.labelUpdated !== CURRENT)
    return ignore(`the label ${detail.labelUpdated} moved, not ${CURRENT}`, secret);
  return {
    kind: "secret-change",
    secret,
    ...(detail.versionId !== undefined && { versionId: detail.versionId }),
  };
}

function fromApiCall(event: z.output<typeof apiCall>, own: AwsScope | undefined): Trigger {
  const { eventName, errorCode, requestParameters } = event.detail;
  const typed = eventName === "CreateSecret" ? requestParameters?.name : requestParameters?.secretId;
  const secret = locate(typed, placeOfCall(event), own);
  if (errorCode !== undefined) return ignore(`${eventName} failed with ${errorCode}`, secret);
  const touched = TOUCHED.get(eventName)?.(requestParameters ?? {});
  if (touched === undefined) return ignore(`${eventName} moves no label`, secret);
  if (!touched.includes(CURRENT)) return ignore(`${eventName} did not touch ${CURRENT}`, secret);
  return secret === undefined ? ignore("the event names no secret") : { kind: "secret-change", secret };
}

type ApiCallParameters = NonNullable<z.output<typeof apiCall>["detail"]["requestParameters"]>;

/** The labels that a call moved. CloudTrail omits `versionStages` if the caller did, which means AWSCURRENT. */
const TOUCHED = new Map<string, (parameters: ApiCallParameters) => readonly string[]>([
  ["CreateSecret", () => [CURRENT]],
  ["UpdateSecret", () => [CURRENT]],
  ["PutSecretValue", ({ versionStages }) => versionStages ?? [CURRENT]],
  ["UpdateSecretVersionStage", ({ versionStage }) => (versionStage ? [versionStage] : [])],
]);

function fromServiceEvent(event: z.output<typeof serviceEvent>, own: AwsScope | undefined): Trigger {
  const { additionalEventData, serviceEventDetails, eventName, errorCode } = event.detail;
  const [named] = [additionalEventData, serviceEventDetails].flatMap(
    (part) => part?.SecretId ?? part?.secretId ?? [],
  );
  const secret = locate(named, placeOfCall(event), own);
  if (errorCode !== undefined) return ignore(`${eventName} failed with ${errorCode}`, secret);
  if (eventName !== "RotationSucceeded") return ignore(`${eventName} moves no label`, secret);
  return secret === undefined ? ignore("the event names no secret") : { kind: "secret-change", secret };
}

interface Place {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

function placeOfCall({
  account,
  region,
  detail,
}: z.output<typeof apiCall> | z.output<typeof serviceEvent>): Place {
  const { awsRegion, recipientAccountId, userIdentity } = detail;
  return {
    account: userIdentity?.accountId ?? recipientAccountId ?? account,
    region: awsRegion ?? region,
  };
}

/** The secret in the event; a bare name from another account or region becomes an ARN. */
function locate(secret: string | undefined, place: Place, own: AwsScope | undefined): string | undefined {
  if (secret === undefined || own === undefined || scopeOf(secret) !== undefined) return secret;
  const { account = own.account, region = own.region } = place;
  const there = { partition: own.partition, account, region };
  return sameScope(there, own) ? secret : toArn(secret, there);
}

function ignore(reason: string, secret?: string): Trigger {
  return { kind: "ignored", reason, ...(secret !== undefined && { secret }) };
}
