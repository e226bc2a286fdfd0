import { flinkApiKey } from "../support/builders.ts";
import { FakeConfluent, type FakeRequest, type Fault } from "../support/fake-confluent.ts";
import { describeApi } from "./api-contract.ts";
import { describeErrors } from "./error-contract.ts";
import { type Fixture, OPENAI_ENDPOINT } from "./fixture.ts";
import { describeWorlds } from "./world-contract.ts";

for (const describeContract of [describeApi, describeErrors, describeWorlds])
  describeContract("the in-memory fake", () => Promise.resolve(fixture()));

function fixture(): Fixture {
  let now = Date.UTC(2026, 0, 1);
  const faults = new Map<FakeRequest["method"], Fault>();
  const confluent = new FakeConfluent({
    clock: { now: () => now, sleep: () => Promise.resolve() },
    fault: ({ method, apiKey }) => (apiKey === "flink-key" ? faults.get(method) : "unauthorized"),
  });
  return {
    api: confluent.api(flinkApiKey("flink-key")),
    stranger: confluent.api(flinkApiKey("stranger")),
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    add: (name, options) => confluent.add(name, { endpoint: OPENAI_ENDPOINT, ...options }),
    touch: (name) => confluent.connection(name).touch(now),
    held: (name) => confluent.connection(name).data,
    fail: (method, fault) => faults.set(method, fault),
  };
}
