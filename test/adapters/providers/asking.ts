import { Agent } from "undici";
import { onTestFinished } from "vitest";
import { createProviderCheck } from "../../../src/adapters/providers/check.ts";
import { type Clock, systemClock } from "../../../src/rotation/clock.ts";
import type { Connection } from "../../../src/rotation/connection.ts";
import type { KeyAnswer } from "../../../src/rotation/provider-check.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import {
  type ProviderCall,
  type ProvidersOptions,
  type ProvidersSandbox,
  startProviders,
} from "../../../src/sandbox/providers/server.ts";
import { connection } from "../../support/builders.ts";

/** The providers' stand-in, until the end of the test. */
export async function providers(options?: ProvidersOptions): Promise<ProvidersSandbox> {
  const sandbox = await startProviders(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The calls with a key. A host that is not the provider's own is also asked without one. */
export function withKey(calls: readonly ProviderCall[]): readonly ProviderCall[] {
  return calls.filter(({ key }) => key !== "");
}

export interface Question {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  /** The live endpoint. */
  readonly endpoint: string;
  /** The endpoint in connections.json; the live one by default. */
  readonly configured?: string | undefined;
  readonly connection?: Partial<Connection>;
  readonly clock?: Clock;
  readonly onSecret?: (secret: Secret) => void;
}

/** What the provider says about a key. */
export async function ask(question: Question): Promise<KeyAnswer> {
  const { type, data, endpoint, clock = systemClock, onSecret = () => undefined } = question;
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const check = createProviderCheck({
    clock,
    deadlineAt: clock.now() + 60_000,
    dispatcher: () => agent,
    onSecret,
  });
  const configured = "configured" in question ? question.configured : endpoint;
  const entry = connection({
    type,
    ...(configured !== undefined && { endpoint: configured }),
    ...question.connection,
  });
  return check.ask({ connection: entry, endpoint, data: Secret.object(Object.entries(data)) });
}
