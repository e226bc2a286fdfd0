import { runSimulation } from "@cloud-copilot/iam-simulate";
import * as z from "zod";
import { ACCOUNT, type Synthesis } from "./synthesis.ts";

const policy = z.object({
  PolicyDocument: z.object({
    Version: z.string(),
    Statement: z.array(z.record(z.string(), z.unknown())),
  }),
  Roles: z.array(z.string()),
});

export type PolicyDocument = z.output<typeof policy>["PolicyDocument"];

/** The logical id of the function's role. */
export function functionRole({ resources }: Synthesis): string {
  const fn = Object.values(resources).find(({ Type }) => Type === "AWS::Lambda::Function");
  return z.string().parse(fn?.Properties["Role"]).split("/").pop() ?? "";
}

/** Every policy attached to the role, inline or managed. */
export function policiesOf({ resources }: Synthesis, role: string): PolicyDocument[] {
  return Object.values(resources)
    .filter(({ Type }) => Type === "AWS::IAM::Policy" || Type === "AWS::IAM::ManagedPolicy")
    .map(({ Properties }) => policy.parse(Properties))
    .filter(({ Roles }) => Roles.includes(role))
    .map(({ PolicyDocument }) => PolicyDocument);
}

export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Record<string, string>;
  /** The resource's policy, if another account owns it. */
  readonly resourcePolicy?: object;
}

/** @returns "Allowed", "ImplicitlyDenied", "ExplicitlyDenied", or the reason why the call is impossible. */
export async function simulate(policies: readonly PolicyDocument[], call: Call): Promise<string> {
  const accountId = call.resource.split(":")[4] ?? "";
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/Rotator`,
        action: call.action,
        resource: { resource: call.resource, accountId: accountId === "" ? ACCOUNT : accountId },
        contextVariables: call.context ?? {},
      },
      identityPolicies: policies.map((document, index) => ({ name: `policy${index}`, policy: document })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(call.resourcePolicy && { resourcePolicy: call.resourcePolicy }),
    },
    {},
  );
  return result.resultType === "error"
    ? `no such call: ${JSON.stringify(result.errors)}`
    : result.overallResult;
}
