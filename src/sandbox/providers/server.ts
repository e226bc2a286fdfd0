import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { systemClock } from "../../rotation/clock.ts";
import { parseJson } from "../../rotation/json.ts";
import type { SandboxResponse } from "../confluent/responses.ts";
import { send } from "../confluent/transfer.ts";
import { listenOnLoopback } from "../loopback.ts";
import { answerTo, json, notFound } from "./answers.ts";
import { type ProviderFault, ProviderFaults, providerFault, withFault } from "./faults.ts";
import { type Asked, type ProviderName, shownKey } from "./keys.ts";

export interface ProvidersOptions {
  /** Whether a provider accepts a key; every key by default. A request without a key is always refused. */
  readonly accepts?: (key: string, provider: ProviderName) => boolean;
  /** Called for each issued access token. */
  readonly onToken?: (token: string) => void;
}

/** A request about a key. */
export interface ProviderCall extends Asked {
  readonly provider: ProviderName | undefined;
  readonly key: string | undefined;
}

/** The providers of all connection types on one port of the loopback interface, distinguished by path and headers. */
export interface ProvidersSandbox {
  readonly url: string;
  readonly calls: readonly ProviderCall[];
  /** Adds an unusual response. */
  readonly fail: (fault: ProviderFault) => void;
  readonly close: () => Promise<void>;
}

const issuedToken = z.object({ access_token: z.string() });
/** Starts a local stand-in for the providers. `POST /_sandbox/faults` adds a `ProviderFault`, `DELETE` clears all. */
export async function startProviders({
  accepts = () => true,
  onToken = () => undefined,
}: ProvidersOptions = {}): Promise<ProvidersSandbox> {
  const calls: ProviderCall[] = [];
  const faults = new ProviderFaults();
  const answer = (asked: Asked): SandboxResponse => {
    if (asked.path === "/_sandbox/faults") return changeFaults(faults, asked);
    const shown = shownKey(asked);
    calls.push({ ...asked, provider: shown?.provider, key: shown?.key });
    const usual =
      shown === undefined
        ? notFound()
        : answerTo(shown, shown.key !== "" && accepts(shown.key, shown.provider));
    const token = issuedToken.safeParse(parseJson(usual.body)).data?.access_token;
    if (token !== undefined) onToken(token);
    const fault = faults.take(shown?.provider);
    return fault === undefined ? usual : withFault(usual, fault);
  };
  const { url, close } = await listenOnLoopback((request, response) => {
    serve(request, response, answer).catch(() => response.destroy());
  });
  return { url, calls, fail: (fault) => faults.add(fault), close };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (asked: Asked) => SandboxResponse,
): Promise<void> {
  const { method = "", url = "/", headers } = request;
  const body = await text(request);
  await send(response, answer({ method, path: url, headers, body }), systemClock);
}

function changeFaults(faults: ProviderFaults, { method, body }: Asked): SandboxResponse {
  if (method === "DELETE") {
    faults.clear();
    return json(200, {});
  }
  const { data, error } = providerFault.safeParse(parseJson(body));
  if (error) return json(400, { message: z.prettifyError(error) });
  faults.add(data);
  return json(200, data);
}
