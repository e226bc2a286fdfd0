/** Makes the SDK for JavaScript read the environment variables as the AWS CLI does. */
export function followAwsCli(env: NodeJS.ProcessEnv): void {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env;
  if (!AWS_REGION && AWS_DEFAULT_REGION) env["AWS_REGION"] = AWS_DEFAULT_REGION;
  // The SDK ignores the keys if a profile is named too.
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) delete env["AWS_PROFILE"];
}
