import { onTestFinished } from "vitest";
import { ConfluentClient } from "../../src/adapters/confluent.ts";
import { createAgent, sendRequest } from "../../src/adapters/http.ts";
import { RateLimiter } from "../../src/adapters/rate-limit/limiter.ts";
import type { ConnectionsApi } from "../../src/rotation/dependencies.ts";
import type { Fault as SandboxFault } from "../../src/sandbox/confluent/faults.ts";
import { API_KEY, sandboxWith } from "../sandbox/confluent/client.ts";
import { flinkApiKey } from "../support/builders.ts";
import type { Fault } from "../support/fake-confluent.ts";
import { describeApi } from "./api-contract.ts";
import { describeErrors } from "./error-contract.ts";
import { type Fixture, OPENAI_ENDPOINT } from "./fixture.ts";
import { describeWorlds } from "./world-contract.ts";

for (const describeContract of [describeApi, describeErrors, describeWorlds])
  describeContract("the client over HTTP", fixture);

const FAULTS: Readonly<Record<Exclude<Fault, "hang">, SandboxFault>> = {
  unauthorized: { kind: "status", status: 401 },
  forbidden: { kind: "status", status: 403 },
  refused: { kind: "status", status: 400 },
  service: { kind: "status", status: 503 },
  lost: { kind: "reset", applied: true },
  dropped: { kind: "reset" },
};

async function fixture(): Promise<Fixture> {
  const { sandbox, clock } = await sandboxWith();
  const dispatcher = createAgent();
  onTestFinished(() => dispatcher.destroy());
  const deadlineAt = clock.now() + 900_000;
  const limiter = new RateLimiter(clock, deadlineAt);
  const clientOf = (key: string): ConnectionsApi =>
    new ConfluentClient(
      {
        restEndpoint: sandbox.url,
        organizationId: "org-1",
        environmentId: "env-1",
        clock,
        random: () => 0.5,
        deadlineAt,
        faultRetryMs: 5_000,
        send: (request) => sendRequest(dispatcher, request),
        limiterFor: () => limiter,
        redact: (text) => text,
      },
      flinkApiKey(key),
    );
  return {
    api: clientOf(API_KEY.key),
    stranger: clientOf("stranger"),
    now: clock.now,
    advance: clock.advance,
    add: (name, options) =>
      sandbox.addConnection("env-1", {
        name,
        type: "OPENAI",
        endpoint: OPENAI_ENDPOINT,
        data: { API_KEY: "old-key" },
        ...options,
      }),
    touch: (name) => sandbox.touch(name),
    held: (name) => sandbox.connection(name).data,
    fail: (method, fault) => sandbox.fail({ method, times: 100, fault: FAULTS[fault] }),
  };
}
