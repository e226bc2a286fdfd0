import packageJson from "../package.json" with { type: "json" };

const { version, homepage }: { readonly version: string; readonly homepage?: string } = packageJson;

export const VERSION = version;
/** Identifies the rotator in every request to Confluent. Firewalls often refuse requests without a user agent. */
export const USER_AGENT = `flink-connection-rotator/${version}${homepage === undefined ? "" : ` (+${homepage})`}`;
