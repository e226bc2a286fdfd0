import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import * as z from "zod";
import cdk from "../cdk.json" with { type: "json" };
import { VERSION } from "../src/version.ts";
import { templateText } from "./limits.ts";
import { type Archive, OwnBucketSynthesizer } from "./own-bucket.ts";
import { RotatorStack } from "./stack.ts";

export interface TemplateOptions {
  /** The settings of the deployment by name, including `config`. Without `bucket`, the template has the parameter `CodeBucket`. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface DeployableTemplate {
  readonly stackName: string;
  /** CloudFormation, as JSON. */
  readonly template: string;
  readonly archives: readonly Archive[];
  /** Warnings to read before the deployment. */
  readonly warnings: readonly string[];
}

const cloudFormation = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Metadata: z.unknown().optional() })),
});

/**
 * The stack as a template and the code of its functions, for every tool that deploys CloudFormation.
 * @throws SettingsError or ConfigError if the settings or connections.json are invalid.
 */
export function createTemplate({ settings }: TemplateOptions): DeployableTemplate {
  const outdir = mkdtempSync(join(tmpdir(), "flink-connection-rotator-"));
  try {
    const synthesizer = new OwnBucketSynthesizer(settings["bucket"]);
    const context = { ...cdk.context, ...settings };
    const app = new App({ outdir, context, analyticsReporting: false });
    const stack = new RotatorStack(app, {}, synthesizer);
    const { template, messages } = app.synth().getStackArtifact(stack.artifactId);
    const { archives } = synthesizer;
    const warnings = messages
      .filter(({ level }) => String(level) !== "info")
      .map(({ entry }) => textOf(entry.data));
    return { stackName: stack.stackName, template: describe(template, archives), archives, warnings };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Removes CDK's note on how to acknowledge a warning. */
function textOf(data: unknown): string {
  return String(data).replace(/ \[ack: .*\]$/, "");
}

/** Adds the names of the archives for tools that upload them and removes CDK's own metadata. */
function describe(synthesized: unknown, archives: readonly Archive[]): string {
  const { Resources, ...rest } = cloudFormation.parse(synthesized);
  const resources = Object.entries(Resources).map(([id, { Metadata: _, ...resource }]) => [id, resource]);
  const Metadata = {
    FlinkConnectionRotator: {
      Version: VERSION,
      Code: Object.fromEntries(archives.map(({ file, key }) => [file, key])),
    },
  };
  return templateText({ ...rest, Metadata, Resources: Object.fromEntries(resources) });
}
