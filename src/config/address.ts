export interface Address {
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  readonly restEndpoint?: string | undefined;
}

/** The base URL of an environment's API, without a slash at the end; `undefined` if it is not a URL. */
export function baseUrlOf({ cloud, region, restEndpoint }: Address): string | undefined {
  const url = URL.parse(restEndpoint ?? `https://flink.${region}.${cloud}.confluent.cloud`);
  return url?.href.replace(/\/+$/, "");
}
