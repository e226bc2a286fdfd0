import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { startOperator } from "../support/operator.ts";

export const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "rest", type: "REST", fields: "token" },
];
export const IDS = ["--organization", "org-1", "--environment", "env-1", "--api-key-secret", "confluent/key"];

export const RESOURCE = {
  mode: "managed",
  type: "confluent_flink_connection",
  values: {
    id: "org-1/env-1/from-terraform",
    display_name: "from-terraform",
    type: "BEDROCK",
    endpoint: "https://bedrock.example.com",
    aws_access_key: "AKIA-very-secret",
    aws_secret_key: "also-very-secret",
    organization: [{ id: "org-1" }],
    environment: [{ id: "env-1" }],
    rest_endpoint: "https://flink.us-west-2.aws.confluent.cloud",
    credentials: [{ key: "k", secret: "never-to-be-seen" }],
  },
};

export function stateWith(resources: readonly object[]): string {
  return JSON.stringify({
    format_version: "1.0",
    values: { root_module: { child_modules: [{ resources }] } },
  });
}

/** Runs discover over a Terraform state and returns what it prints. */
export async function discoverState(resources: readonly object[], args: readonly string[] = []) {
  const { run, folder } = await startOperator({ connections: TWO });
  const state = join(folder, "state.json");
  writeFileSync(state, stateWith(resources));
  return run(["discover", "--terraform", state, "--output", "-", ...args]);
}

/** The commented lines of a text, parsed as entries. */
export function commented(text: string): unknown[] {
  const lines = text.split("\n").flatMap((line) => /^ +\/\/ (.*),$/.exec(line)?.[1] ?? []);
  return lines.map((line) => parse(line.startsWith("{") ? line : `{${line}}`));
}
