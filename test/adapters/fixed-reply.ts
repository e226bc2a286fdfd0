import { text } from "node:stream/consumers";
import { serve } from "../support/server.ts";
import { type Bench, clientOf } from "./client.ts";

export const COLLECTION = "/sql/v1/organizations/org-1/environments/env-1/connections";

interface Arrival {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The real client with a server that always sends the same reply and records its requests. */
export async function answeredBy({
  status = 200,
  headers = {},
  body,
}: Reply): Promise<Bench & { arrivals: Arrival[] }> {
  const arrivals: Arrival[] = [];
  const restEndpoint = await serve((request, response) => {
    text(request).then(
      (sent) => {
        arrivals.push({ method: request.method, url: request.url, headers: request.headers, body: sent });
        response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  return { arrivals, ...clientOf({ restEndpoint, budgetMs: 0 }) };
}

export const SHOWN = {
  name: "a",
  metadata: { resource_version: "v1", updated_at: "2026-03-21T09:00:00+01:00" },
  spec: { connection_type: "OPENAI", endpoint: "https://api.openai.com", auth_data: { data: "<REDACTED>" } },
  status: { phase: "READY", detail: "" },
};
