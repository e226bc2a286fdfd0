import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { awsProxyOptions } from "../adapters/proxy.ts";
import { UsageError } from "./errors.ts";

/** @throws UsageError when the AWS SDK finds no region or no credentials, which would fail every call alike. */
export async function requireAws(): Promise<void> {
  const { config, destroy } = open();
  try {
    await config.region().catch(() => {
      throw new UsageError(
        "No AWS region is set.",
        "Set AWS_REGION, or AWS_PROFILE to a profile that has one.",
      );
    });
    await config.credentials().catch(() => {
      throw new UsageError(
        "No AWS credentials were found.",
        "Sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      );
    });
  } finally {
    destroy();
  }
}

function open() {
  const client = new SecretsManagerClient({ requestHandler: awsProxyOptions() });
  return { config: client.config, destroy: () => client.destroy() };
}
