import { SecretsManagerClient, type SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import { awsProxyOptions } from "./proxy.ts";

/** The clients of Secrets Manager by region. They make single attempts, because the store retries within the deadline. */
export class SecretsManagerClients {
  readonly #settings: SecretsManagerClientConfig;
  readonly #clients = new Map<string | undefined, SecretsManagerClient>();

  constructor(settings: Partial<SecretsManagerClientConfig> = {}) {
    this.#settings = {
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: 3_000,
        requestTimeout: 4_000,
        throwOnRequestTimeout: true,
        ...awsProxyOptions(),
      },
      ...settings,
    };
  }

  /** @param region the SDK's region if `undefined`. */
  in(region: string | undefined): SecretsManagerClient {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const client = new SecretsManagerClient({ ...this.#settings, ...(region !== undefined && { region }) });
    this.#clients.set(region, client);
    return client;
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
  }
}
