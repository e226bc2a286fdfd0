import { UsageError } from "./errors.ts";

/** The profile and region given on a command line. */
export interface AwsChoice {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
}

/** As in the AWS CLI, a profile on the command line takes precedence over keys in the environment. */
export function selectAws(env: NodeJS.ProcessEnv, { profile, region }: AwsChoice): void {
  if (region !== undefined) env["AWS_REGION"] = region;
  if (profile === undefined) return;
  env["AWS_PROFILE"] = profile;
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) delete env[name];
}

/** Makes the SDK for JavaScript read the environment variables as the AWS CLI does. */
export function followAwsCli(env: NodeJS.ProcessEnv): void {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env;
  if (!AWS_REGION && AWS_DEFAULT_REGION) env["AWS_REGION"] = AWS_DEFAULT_REGION;
  // The SDK ignores the keys if a profile is set, too.
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) delete env["AWS_PROFILE"];
}

/** The variables with the addresses of the services that commands call. */
const ENDPOINTS = ["", "_SECRETS_MANAGER", "_SNS", "_LAMBDA"].map((service) => `AWS_ENDPOINT_URL${service}`);

/** @throws UsageError if a variable with an address is not one, which the SDK would report as a TypeError. */
export function requireEndpoints(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of ENDPOINTS) {
    const value = env[name];
    if (value && !/^https?:$/.test(URL.parse(value)?.protocol ?? ""))
      throw new UsageError(
        `${name} is not the address of a server, such as http://localhost:4566.`,
        "Correct it, or unset it to call AWS.",
      );
  }
}
