import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import * as z from "zod/mini";
import type { AwsChoice } from "./aws-environment.ts";
import { valueOption } from "./options.ts";

/** Commands that do not call AWS. */
const LOCAL_COMMANDS: ReadonlySet<string> = new Set(["sandbox", "completion", "help", "explain", "template"]);
const REGION = "the AWS region; default: $AWS_REGION, or the profile's region";

const choice = z.object({
  profile: z.optional(z.string()),
  region: z.optional(z.string()),
  awsRegion: z.optional(z.string()),
});

/** Adds --profile and --region to a command, or --aws-region if its --region is Confluent's. */
export function addAwsOptions(command: CommandUnknownOpts): void {
  if (LOCAL_COMMANDS.has(command.name())) return;
  const flag = hasOwnRegion(command) ? "--aws-region <name>" : "--region <name>";
  command.addOption(valueOption("--profile <name>", "the AWS profile; default: $AWS_PROFILE"));
  command.addOption(valueOption(flag, REGION));
}

/** The options given on the command line. */
export function awsChoiceOf(command: CommandUnknownOpts): AwsChoice {
  const { profile, region, awsRegion } = choice.parse(command.opts());
  const isOther = command.options.some(({ long }) => long === "--aws-region");
  return { profile, region: isOther ? awsRegion : region };
}

function hasOwnRegion(command: CommandUnknownOpts): boolean {
  return command.options.some(({ long }) => long === "--region");
}
