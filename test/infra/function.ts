import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import * as z from "zod";
import { ofType, type Synthesis } from "./synthesis.ts";

const environment = z.object({ Variables: z.record(z.string(), z.string()) });

/** The environment variables of the rotator function. */
export function variablesOf({ resources }: Synthesis): Record<string, string> {
  const [fn] = ofType(resources, "AWS::Lambda::Function");
  return environment.parse(fn?.["Environment"]).Variables;
}

/** The content of a file deployed with the rotator function. */
export function deployedFile({ stack }: Synthesis, name: string): string {
  const assembly = App.of(stack)?.synth().directory ?? "";
  const asset = readdirSync(assembly).find((each) => existsSync(join(assembly, each, "index.mjs"))) ?? "";
  return readFileSync(join(assembly, asset, name), "utf8");
}
