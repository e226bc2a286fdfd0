import type { Connection } from "../connection.ts";
import { CONNECTION_TYPES, OPTIONS, type Option, openGroups } from "./connection-types.ts";
import { isKey } from "./entries.ts";

/** Where a connection's key stands in its secret, as far as connections.json shows it: equal texts mean the same key. */
export function keySource({ type, credentials }: Connection): string {
  if (credentials.kind === "data") {
    const entries = Object.entries(credentials.data);
    return JSON.stringify(
      entries.flatMap(([backendKey, source]) =>
        "field" in source && isKey({ option: backendKey, backendKey }) ? [source.field] : [],
      ),
    );
  }
  const { fields, values } = credentials;
  if (typeof fields === "string") return JSON.stringify(fields);
  const known = CONNECTION_TYPES.get(type);
  const open = known ? openGroups(known, [...Object.keys(values), ...Object.keys(fields ?? {})]) : [];
  const keys = open.flatMap(({ needs }) => needs).filter((option) => isKey(entryOf(option)));
  return JSON.stringify([...new Set(keys)].map((option) => fields?.[option] ?? option));
}

function entryOf(option: Option): Parameters<typeof isKey>[0] {
  return { option, backendKey: OPTIONS[option] };
}
