import { flinkApiKey } from "../support/builders.ts";
import { FakeConfluent, type FakeRequest, type Fault } from "../support/fake-confluent.ts";
import { describeConnectionsApi, NEW_KEY, OPENAI_ENDPOINT, type Stage } from "./connections-api.ts";

describeConnectionsApi("the fake in memory", () => Promise.resolve(stage()));

function stage(): Stage {
  let now = Date.UTC(2026, 0, 1);
  const faults = new Map<FakeRequest["method"], Fault>();
  const confluent = new FakeConfluent({
    clock: { now: () => now, sleep: () => Promise.resolve() },
    fault: ({ method, apiKey }) => (apiKey === "flink-key" ? faults.get(method) : "unauthorized"),
  });
  return {
    api: confluent.api(flinkApiKey("flink-key")),
    stranger: confluent.api(flinkApiKey("stranger")),
    advance: (ms) => {
      now += ms;
    },
    add: (name, { validAfterMs = Number.NEGATIVE_INFINITY, ...behaviour } = {}) => {
      const validAt = now + validAfterMs;
      confluent.add(name, {
        endpoint: OPENAI_ENDPOINT,
        validFrom: (data) => (data["API_KEY"] === NEW_KEY ? validAt : Number.NEGATIVE_INFINITY),
        ...behaviour,
      });
    },
    touch: (name) => confluent.connection(name).touch(now),
    held: (name) => confluent.connection(name).data,
    fail: (method, fault) => faults.set(method, fault),
  };
}
