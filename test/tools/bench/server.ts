import { systemClock } from "../../../src/rotation/clock.ts";
import { startAws } from "../../../src/sandbox/aws/server.ts";
import { startConfluent } from "../../../src/sandbox/confluent/server.ts";
import type { State } from "../../../src/sandbox/confluent/settings.ts";
import * as bench from "./scenario.ts";
import { warmServer } from "./warm-server.ts";

const given = bench.scenario.parse(JSON.parse(process.argv[2] ?? ""));
const warmUp = await open({ connections: 1, latencyMs: 0, timeToReadyMs: 0, limits: {} });
await warmServer(warmUp.addresses);
await warmUp.close();
const { confluent, aws, addresses, shownAt } = await open(given);

process.on("disconnect", () => process.exit());
process.on("message", () => {
  process.send?.({
    requests: confluent.requests.length,
    throttled: confluent.requests.filter(({ status }) => status === 429).length,
    alerts: aws.published().length,
    latenessMs: [...shownAt].map(([name, at]) => at - (confluent.connection(name).readyAt ?? Number.NaN)),
  } satisfies bench.Observations);
});
process.send?.(addresses satisfies bench.Addresses);

/** A sandbox with the connections that records when a response first showed each as ready with the new key. */
async function open({ connections, ...settings }: bench.Scenario) {
  const confluent = await startConfluent(settings);
  const aws = await startAws({ clock: systemClock });
  const shownAt = new Map<string, number>();
  const { ORGANIZATION_ID: organizationId, ENVIRONMENT_ID: environmentId, API_KEY } = bench;
  confluent.addEnvironment({ organizationId, environmentId, apiKeys: [API_KEY] });
  for (const name of bench.connectionNames(connections)) {
    const detail = (state: State, data: Readonly<Record<string, string>>): string => {
      const isNew = state === "ready" && data["API_KEY"] === bench.NEW_KEY;
      if (isNew && !shownAt.has(name)) shownAt.set(name, Date.now());
      return "";
    };
    const data = { API_KEY: bench.OLD_KEY, AUTH_TYPE: "API_KEY" };
    confluent.addConnection(environmentId, { name, type: "OPENAI", endpoint: bench.ENDPOINT, data, detail });
  }
  aws.putSecret(bench.API_KEY_SECRET, JSON.stringify({ apiKey: API_KEY.key, apiSecret: API_KEY.secret }));
  for (let index = 0; index < bench.secretCount(connections); index += 1)
    aws.putSecret(bench.secretName(index), JSON.stringify({ OPENAI_API_KEY: bench.NEW_KEY }));
  return {
    confluent,
    aws,
    shownAt,
    addresses: { confluentUrl: confluent.url, awsUrl: aws.url, topicArn: aws.createTopic("bench-alerts") },
    close: async () => {
      await Promise.all([confluent.close(), aws.close()]);
    },
  };
}
