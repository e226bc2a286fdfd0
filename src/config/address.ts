export interface Address {
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  readonly restEndpoint?: string | undefined;
}

/** The base URL of an environment's API, without a trailing slash; `undefined` if it is invalid. */
export function baseUrlOf({ cloud, region, restEndpoint }: Address): string | undefined {
  const url = URL.parse(restEndpoint ?? `https://flink.${region}.${cloud}.confluent.cloud`);
  return url?.href.replace(/\/+$/, "");
}
