import { MockAgent } from "undici";

interface Arrival {
  readonly url: string;
  readonly method: string;
  readonly authorization: string | undefined;
  readonly body: string | undefined;
}

export type Reply = readonly [status: number, location?: string | undefined];

/** Simulated hosts: the reply of each address, and a record of the requests. */
export function internet(replies: Readonly<Record<string, Reply>>): {
  agent: MockAgent;
  arrivals: Arrival[];
} {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const arrivals: Arrival[] = [];
  for (const [address, [status, location]] of Object.entries(replies)) {
    const { origin, pathname } = new URL(address);
    for (const method of ["GET", "PUT"]) {
      agent
        .get(origin)
        .intercept({ path: pathname, method })
        .reply(({ headers, body }) => {
          const sent = new Headers(headers as Record<string, string>);
          const authorization = sent.get("authorization") ?? undefined;
          arrivals.push({ url: address, method, authorization, body: body ? String(body) : undefined });
          const responseOptions = location === undefined ? {} : { headers: { location } };
          return { statusCode: status, data: `from ${address}`, responseOptions };
        })
        .persist();
    }
  }
  return { agent, arrivals };
}
