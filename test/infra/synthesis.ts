import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, type Environment } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import * as z from "zod";
import { RotatorStack } from "../../infra/stack.ts";

export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "444455556666";
export const REGION = "us-west-2";

export const secretArn = (rest: string, account = ACCOUNT) =>
  `arn:aws:secretsmanager:${REGION}:${account}:secret:${rest}`;

/** One secret by name, one by full ARN, one of another account by full ARN, one by partial ARN. */
export const CONNECTIONS = {
  environments: {
    prod: {
      organizationId: "9bb441c4-edef-46ac-8a41-c49e44a3fd9a",
      environmentId: "env-a1b2c3",
      cloud: "aws",
      region: REGION,
      apiKeySecret: "prod/confluent/flink-api-key",
    },
  },
  connections: [
    { name: "by-name", type: "OPENAI", secret: "prod/openai" },
    { name: "by-arn", type: "OPENAI", secret: secretArn("prod/pinecone-AbCdEf") },
    { name: "elsewhere", type: "OPENAI", secret: secretArn("shared/openai-GhIjKl", OTHER_ACCOUNT) },
    { name: "by-partial-arn", type: "OPENAI", secret: secretArn("prod/mcp") },
  ],
  propagationLabel: "FLINK_READY",
};

const resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.array(z.string()).optional(),
});

export type Resource = z.output<typeof resource>;

export interface Synthesis {
  /** A temporary folder with connections.json and the cloud assembly. */
  readonly folder: string;
  readonly stack: RotatorStack;
  readonly template: Template;
  /** The resources by logical id, with intrinsic functions resolved as AWS would. */
  readonly resources: Readonly<Record<string, Resource>>;
}

/** Synthesizes the app as the command line does. @param context the `--context` settings. */
export function synthesize(
  connections: object = CONNECTIONS,
  context: Record<string, unknown> = {},
  env: Environment = {},
): Synthesis {
  const folder = mkdtempSync(join(tmpdir(), "rotator-infra-"));
  const config = join(folder, "connections.json");
  writeFileSync(config, JSON.stringify(connections));
  const outdir = join(folder, "cdk.out");
  // CloudFormation's validation takes several seconds; a test of the app runs it.
  const app = new App({ outdir, context: { config, ...context }, builtinCloudFormationValidation: false });
  const stack = new RotatorStack(app, env);
  const template = Template.fromStack(stack);
  const raw = z.record(z.string(), resource).parse(template.toJSON()["Resources"]);
  const types = new Map(Object.entries(raw).map(([id, { Type }]) => [id, Type]));
  return { folder, stack, template, resources: z.record(z.string(), resource).parse(resolve(raw, types)) };
}

/** The warnings that the cdk command prints. */
export function warningsOf({ stack }: Synthesis): string[] {
  return Annotations.fromStack(stack)
    .findWarning("*", Match.anyValue())
    .map(({ entry }) => String(entry.data));
}

/** The resources of one type, in the template's order. */
export function ofType(resources: Synthesis["resources"], type: string): Resource["Properties"][] {
  return Object.values(resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
}

const join_ = z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) });
const attribute = z.object({ "Fn::GetAtt": z.tuple([z.string(), z.string()]) });
const reference = z.object({ Ref: z.string() });

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  "AWS::AccountId": ACCOUNT,
  "AWS::Partition": "aws",
  "AWS::Region": REGION,
  "AWS::URLSuffix": "amazonaws.com",
};

const ARNS: Readonly<Record<string, (id: string) => string>> = {
  "AWS::Events::Rule": (id) => `arn:aws:events:${REGION}:${ACCOUNT}:rule/${id}`,
  "AWS::IAM::Role": (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
  "AWS::KMS::Key": (id) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`,
  "AWS::Lambda::Alias": (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  "AWS::Lambda::Function": (id) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`,
  "AWS::Logs::LogGroup": (id) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${id}:*`,
  "AWS::SNS::Topic": (id) => `arn:aws:sns:${REGION}:${ACCOUNT}:${id}`,
  "AWS::SQS::Queue": (id) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${id}`,
};

const REFERRED_TO_BY_ARN: readonly string[] = ["AWS::SNS::Topic", "AWS::Lambda::Alias"];

function resolve(value: unknown, types: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, types));
  if (typeof value !== "object" || value === null) return value;
  const joined = join_.safeParse(value).data?.["Fn::Join"];
  if (joined !== undefined) return joined[1].map((part) => String(resolve(part, types))).join(joined[0]);
  const [id] = attribute.safeParse(value).data?.["Fn::GetAtt"] ?? [];
  if (id !== undefined) return arnOf(id, types);
  const name = reference.safeParse(value).data?.Ref;
  if (name !== undefined) {
    return (
      PSEUDO_PARAMETERS[name] ??
      (REFERRED_TO_BY_ARN.includes(types.get(name) ?? "") ? arnOf(name, types) : name)
    );
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, types)]));
}

function arnOf(id: string, types: ReadonlyMap<string, string>): string {
  return ARNS[types.get(id) ?? ""]?.(id) ?? id;
}
