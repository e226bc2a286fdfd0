import * as z from "zod/mini";
import { EventError } from "../rotation/errors.ts";
import type { Trigger } from "../rotation/plan.ts";

const CURRENT = "AWSCURRENT";

const names = z.optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1)));
const direct = z.strictObject({ connections: names, secrets: names, dryRun: z.optional(z.boolean()) });
const schedule = z.strictObject({ trigger: z.literal("schedule") });
const scheduled = z.object({
  source: z.enum(["aws.events", "aws.scheduler"]),
  "detail-type": z.literal("Scheduled Event"),
});
const rotationStep = z.object({ Step: z.string(), SecretId: z.string(), ClientRequestToken: z.string() });

const labelUpdated = z.object({
  source: z.literal("aws.secretsmanager"),
  "detail-type": z.literal("Secret Label Updated"),
  resources: z.array(z.string()),
  detail: z.object({
    name: z.optional(z.string()),
    labelUpdated: z.string(),
    versionId: z.optional(z.string()),
  }),
});

const apiCall = z.object({
  source: z.literal("aws.secretsmanager"),
  "detail-type": z.literal("AWS API Call via CloudTrail"),
  detail: z.object({
    eventName: z.string(),
    errorCode: z.optional(z.string()),
    requestParameters: z.nullish(
      z.object({
        secretId: z.optional(z.string()),
        name: z.optional(z.string()),
        versionStages: z.nullish(z.array(z.string())),
        versionStage: z.nullish(z.string()),
      }),
    ),
  }),
});

const secretIdentity = z.nullish(
  z.object({ SecretId: z.optional(z.string()), secretId: z.optional(z.string()) }),
);
const serviceEvent = z.object({
  source: z.literal("aws.secretsmanager"),
  "detail-type": z.literal("AWS Service Event via CloudTrail"),
  detail: z.object({
    eventName: z.string(),
    errorCode: z.optional(z.string()),
    additionalEventData: secretIdentity,
    serviceEventDetails: secretIdentity,
  }),
});

/** The same as `parseTrigger`, and what is thrown is logged. */
export function readTrigger(event: unknown, log: { startFailed: (error: unknown) => void }): Trigger {
  try {
    return parseTrigger(event);
  } catch (error) {
    log.startFailed(error);
    throw error;
  }
}

/**
 * What an event asks for. It is trusted for nothing but the identity of the secret and of its version.
 * @throws EventError for anything that this function is not made for.
 */
export function parseTrigger(event: unknown): Trigger {
  return (
    read(schedule, event, () => ({ kind: "schedule" })) ??
    read(scheduled, event, () => ({ kind: "schedule" })) ??
    read(labelUpdated, event, fromLabel) ??
    read(apiCall, event, fromApiCall) ??
    read(serviceEvent, event, fromServiceEvent) ??
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

function refuse(event: unknown): never {
  if (rotationStep.safeParse(event).success) {
    throw new EventError(
      "This function is no Secrets Manager rotation function, and nothing was touched. Keep the function that makes the new key as the secret's rotation function, and let this one follow: it starts by itself when AWSCURRENT moves.",
    );
  }
  const fault = direct.safeParse(event).error?.issues[0];
  const where =
    fault?.code === "unrecognized_keys"
      ? `unknown key "${fault.keys[0]}"`
      : `${fault?.path.join(".") || "event"}: ${fault?.message}`;
  throw new EventError(
    `The event is none that this function is made for (${where}), and nothing was touched. Send {"trigger":"schedule"}, an EventBridge event of Secrets Manager, or {"connections":[…],"secrets":[…],"dryRun":true}, where each part may be left out.`,
  );
}

function fromDirect({ connections, secrets, dryRun }: z.output<typeof direct>): Trigger {
  return {
    kind: "direct",
    ...(connections && { connections }),
    ...(secrets && { secrets }),
    ...(dryRun !== undefined && { dryRun }),
  };
}

function fromLabel({ resources: [arn], detail }: z.output<typeof labelUpdated>): Trigger {
  const secret = arn ?? detail.name;
  if (secret === undefined) return ignore("the event names no secret");
  if (detail.labelUpdated !== CURRENT)
    return ignore(`the label ${detail.labelUpdated} moved, not ${CURRENT}`, secret);
  return {
    kind: "secret-change",
    secret,
    ...(detail.versionId !== undefined && { versionId: detail.versionId }),
  };
}

function fromApiCall({ detail }: z.output<typeof apiCall>): Trigger {
  const { eventName, errorCode, requestParameters } = detail;
  const secret = eventName === "CreateSecret" ? requestParameters?.name : requestParameters?.secretId;
  if (errorCode !== undefined) return ignore(`${eventName} failed with ${errorCode}`, secret);
  const touched = TOUCHED.get(eventName)?.(requestParameters ?? {});
  if (touched === undefined) return ignore(`${eventName} moves no label`, secret);
  if (!touched.includes(CURRENT)) return ignore(`${eventName} did not touch ${CURRENT}`, secret);
  return secret === undefined ? ignore("the event names no secret") : { kind: "secret-change", secret };
}

type ApiCallParameters = NonNullable<z.output<typeof apiCall>["detail"]["requestParameters"]>;

/** The labels that a call moved; CloudTrail leaves `versionStages` out where the caller did, and that means AWSCURRENT. */
const TOUCHED = new Map<string, (parameters: ApiCallParameters) => readonly string[]>([
  ["CreateSecret", () => [CURRENT]],
  ["UpdateSecret", () => [CURRENT]],
  ["PutSecretValue", ({ versionStages }) => versionStages ?? [CURRENT]],
  ["UpdateSecretVersionStage", ({ versionStage }) => (versionStage ? [versionStage] : [])],
]);

function fromServiceEvent({ detail }: z.output<typeof serviceEvent>): Trigger {
  const { additionalEventData, serviceEventDetails, eventName, errorCode } = detail;
  const secret = [additionalEventData, serviceEventDetails].flatMap(
    (part) => part?.SecretId ?? part?.secretId ?? [],
  )[0];
  if (errorCode !== undefined) return ignore(`${eventName} failed with ${errorCode}`, secret);
  if (eventName !== "RotationSucceeded") return ignore(`${eventName} moves no label`, secret);
  return secret === undefined ? ignore("the event names no secret") : { kind: "secret-change", secret };
}

function ignore(reason: string, secret?: string): Trigger {
  return { kind: "ignored", reason, ...(secret !== undefined && { secret }) };
}
