import { systemClock } from "../../src/rotation/clock.ts";
import { startAws } from "../../src/sandbox/aws.ts";
import { startConfluent } from "../../src/sandbox/confluent.ts";
import type { State } from "../../src/sandbox/confluent-settings.ts";
import * as bench from "./scenario.ts";

const { connections, ...settings } = bench.scenario.parse(JSON.parse(process.argv[2] ?? ""));
const confluent = await startConfluent({ ...settings });
const aws = await startAws({ clock: systemClock });
const shownAt = new Map<string, number>();

confluent.addEnvironment({
  organizationId: bench.ORGANIZATION_ID,
  environmentId: bench.ENVIRONMENT_ID,
  apiKeys: [bench.API_KEY],
});
for (const name of bench.connectionNames(connections)) {
  const detail = (state: State, data: Readonly<Record<string, string>>): string => {
    const isNew = state === "ready" && data["API_KEY"] === bench.NEW_KEY;
    if (isNew && !shownAt.has(name)) shownAt.set(name, Date.now());
    return "";
  };
  const data = { API_KEY: bench.OLD_KEY, AUTH_TYPE: "API_KEY" };
  confluent.addConnection(bench.ENVIRONMENT_ID, {
    name,
    type: "OPENAI",
    endpoint: bench.ENDPOINT,
    data,
    detail,
  });
}
const { key, secret } = bench.API_KEY;
aws.putSecret(bench.API_KEY_SECRET, JSON.stringify({ apiKey: key, apiSecret: secret }));
for (let index = 0; index < bench.secretCount(connections); index += 1)
  aws.putSecret(bench.secretName(index), JSON.stringify({ OPENAI_API_KEY: bench.NEW_KEY }));

process.on("disconnect", () => process.exit());
process.on("message", () => {
  process.send?.({
    requests: confluent.requests.length,
    throttled: confluent.requests.filter(({ status }) => status === 429).length,
    alerts: aws.published().length,
    latenessMs: [...shownAt].map(([name, at]) => at - (confluent.connection(name).readyAt ?? Number.NaN)),
  } satisfies bench.Sightings);
});
process.send?.({
  confluentUrl: confluent.url,
  awsUrl: aws.url,
  topicArn: aws.createTopic("bench-alerts"),
} satisfies bench.Addresses);
