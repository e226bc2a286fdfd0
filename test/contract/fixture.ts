import type { ConnectionState, PutRequest, UpdateResponse } from "../../src/rotation/connection.ts";
import type { ConnectionsApi } from "../../src/rotation/dependencies.ts";
import { Secret } from "../../src/rotation/secret.ts";
import type { AuthData, Settings, State } from "../../src/sandbox/confluent/settings.ts";
import type { Fault } from "../support/fake-confluent.ts";

export const OPENAI_ENDPOINT = "https://api.openai.com/v1/chat/completions";
export const NEW_KEY = "sk-new-key";
export const REFUSED_KEY = "sk-refused-key";

export type ConnectionOptions = Partial<Settings> & { readonly initially?: State };

/** An implementation of the connections API with one environment behind it. */
export interface Fixture {
  readonly api: ConnectionsApi;
  /** The API for a caller with an unknown key. */
  readonly stranger: ConnectionsApi;
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  /** Adds a connection of type OPENAI. */
  readonly add: (name: string, options?: ConnectionOptions) => void;
  readonly touch: (name: string) => void;
  readonly held: (name: string) => AuthData;
  /** Makes all later requests of the method meet the fault. */
  readonly fail: (method: "LIST" | "GET" | "PUT", fault: Exclude<Fault, "hang">) => void;
}

export type OpenFixture = () => Promise<Fixture>;

/** A fixture with the connection `a`. */
export async function openWith(open: OpenFixture, options?: ConnectionOptions): Promise<Fixture> {
  const fixture = await open();
  fixture.add("a", options);
  return fixture;
}

/** A fixture with the connection `a`, which accepts every key but `REFUSED_KEY`. */
export function openRefusing(open: OpenFixture, options?: ConnectionOptions): Promise<Fixture> {
  return openWith(open, { accepts: ({ API_KEY }) => API_KEY !== REFUSED_KEY, ...options });
}

export async function read(api: ConnectionsApi): Promise<ConnectionState> {
  const state = await api.get("a");
  if (state === undefined) throw new Error("The connection is missing.");
  return state;
}

export async function readFromList(api: ConnectionsApi): Promise<ConnectionState> {
  const { connections } = await api.list();
  const state = connections.find(({ name }) => name === "a");
  if (state === undefined) throw new Error("The connection is not listed.");
  return state;
}

export async function phase(api: ConnectionsApi): Promise<string> {
  return (await read(api)).phase;
}

interface PutOptions extends Pick<PutRequest, "resourceVersion"> {
  readonly name?: string;
  readonly key?: string;
}

export function put(
  api: ConnectionsApi,
  { name = "a", key = NEW_KEY, resourceVersion }: PutOptions = {},
): Promise<UpdateResponse> {
  return api.put({
    name,
    connectionType: "OPENAI",
    endpoint: OPENAI_ENDPOINT,
    data: new Secret(JSON.stringify({ API_KEY: key })),
    ...(resourceVersion !== undefined && { resourceVersion }),
  });
}

export async function listAll(api: ConnectionsApi): Promise<string[][]> {
  const pages: string[][] = [];
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const page = await api.list(token);
    pages.push(page.connections.map(({ name }) => name));
    token = page.nextToken;
  }
  return pages;
}
