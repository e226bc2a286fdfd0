import { onTestFinished } from "vitest";
import type { ProvidersSandbox } from "../../src/sandbox/providers/server.ts";
import { startWatchedProviders } from "./leak-watch.ts";
import {
  BAD_KEY,
  connectionsOf,
  GOOD_KEY,
  type Judged,
  judge,
  startVerdicts,
  type VerdictOptions,
} from "./verdicts.ts";
import { startWorld, type World } from "./world.ts";

export const KEPT = { outcome: "not-attempted", errorClass: "rejected", evidence: { provider: "refused" } };

interface AskedOptions extends Partial<Omit<VerdictOptions, "connections" | "live">> {
  readonly type?: string;
  /** Whether the provider accepts a key; only the good one by default. */
  readonly accepts?: (key: string) => boolean;
  /** False if connections.json does not contain the endpoint. */
  readonly isEndpointListed?: boolean;
}

interface Asked {
  readonly world: World;
  readonly providers: ProvidersSandbox;
  readonly judge: () => Promise<Judged>;
}

/** Connections of one secret whose endpoint is a stand-in for their provider. */
export async function startAsked(options: AskedOptions): Promise<Asked> {
  const { key = BAD_KEY, count = 3, type = "OPENAI", isEndpointListed = true } = options;
  const { accepts = (shown: string) => shown === GOOD_KEY, ...rest } = options;
  const providers = await startWatchedProviders({ accepts });
  onTestFinished(() => providers.close());
  const endpoint = `${providers.url}/v1/chat/completions`;
  const connections = connectionsOf("openai", count).map((each) => ({
    ...each,
    type,
    ...(isEndpointListed && { endpoint }),
  }));
  const world = await startVerdicts({ settings: {}, key, ...rest, connections, live: { endpoint } });
  return { world, providers, judge: () => judge(world, key) };
}

export const putsOf = ({ confluent }: World) =>
  confluent.requests.filter(({ method }) => method === "PUT").length;

export async function startTokens(clientSecret = "client-secret-0123456789") {
  const providers = await startWatchedProviders({});
  onTestFinished(() => providers.close());
  const values = { "token-endpoint": `${providers.url}/oauth2/token`, scope: "read" };
  const connections = [{ name: "a", secret: "openai", type: "REST", values }];
  const key = JSON.stringify({ clientId: "client-1", clientSecret });
  const world = await startWorld({ connections });
  world.aws.putSecret("openai", key, { createdAt: world.clock.now() - 3_600_000 });
  return { world, providers, values };
}
