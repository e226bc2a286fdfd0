import * as z from "zod/mini";
import { printable } from "../rotation/untrusted-text.ts";

/** At most as long as an AWS identifier, and on one line, because it is logged. */
const text = z.pipe(z.string().check(z.maxLength(2_048)), z.transform(inOneLine));
const name = z.pipe(z.string().check(z.minLength(1), z.maxLength(2_048)), z.transform(inOneLine));

function inOneLine(each: string): string {
  return printable(each);
}

const names = z.optional(z.array(name).check(z.minLength(1)));
export const direct = z.strictObject({
  connections: names,
  secrets: names,
  dryRun: z.optional(z.boolean()),
  alert: z.optional(z.boolean()),
});
export const schedule = z.strictObject({ trigger: z.literal("schedule") });
export const scheduled = z.object({
  source: z.enum(["aws.events", "aws.scheduler"]),
  "detail-type": z.literal("Scheduled Event"),
});
export const rotationStep = z.object({ Step: text, SecretId: text, ClientRequestToken: text });

/** The origin of the event according to EventBridge. */
const origin = { account: z.optional(text), region: z.optional(text) };

export const labelUpdated = z.object({
  ...origin,
  source: z.literal("aws.secretsmanager"),
  "detail-type": z.literal("Secret Label Updated"),
  resources: z.array(text),
  detail: z.object({
    name: z.optional(text),
    labelUpdated: text,
    versionId: z.optional(text),
  }),
});

/** The origin of the call according to CloudTrail. The bare name of a secret belongs to the caller's account. */
const callOrigin = {
  awsRegion: z.optional(text),
  recipientAccountId: z.optional(text),
  userIdentity: z.nullish(z.object({ accountId: z.optional(text) })),
};

export const apiCall = z.object({
  ...origin,
  source: z.literal("aws.secretsmanager"),
  "detail-type": z.literal("AWS API Call via CloudTrail"),
  detail: z.object({
    ...callOrigin,
    eventName: text,
    errorCode: z.optional(text),
    requestParameters: z.nullish(
      z.object({
        secretId: z.optional(text),
        name: z.optional(text),
        versionStages: z.nullish(z.array(text)),
        versionStage: z.nullish(text),
      }),
    ),
  }),
});

const secretIdentity = z.nullish(z.object({ SecretId: z.optional(text), secretId: z.optional(text) }));
export const serviceEvent = z.object({
  ...origin,
  source: z.literal("aws.secretsmanager"),
  "detail-type": z.literal("AWS Service Event via CloudTrail"),
  detail: z.object({
    ...callOrigin,
    eventName: text,
    errorCode: z.optional(text),
    additionalEventData: secretIdentity,
    serviceEventDetails: secretIdentity,
  }),
});
