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
