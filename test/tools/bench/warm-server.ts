import * as bench from "./scenario.ts";

const ROUNDS = 50;
const { API_KEY, ENDPOINT, ENVIRONMENT_ID, NEW_KEY, ORGANIZATION_ID } = bench;

/** Sends every kind of request that a run sends, because a real service is warm. */
export async function warmServer({ confluentUrl, awsUrl }: bench.Addresses): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64")}`;
  const list = `${confluentUrl}/sql/v1/organizations/${ORGANIZATION_ID}/environments/${ENVIRONMENT_ID}/connections`;
  const [name = ""] = bench.connectionNames(1);
  const auth_data = {
    kind: "PlaintextProvider",
    data: JSON.stringify({ AUTH_TYPE: "API_KEY", API_KEY: NEW_KEY }),
  };
  const update = { name, metadata: {}, spec: { connection_type: "OPENAI", endpoint: ENDPOINT, auth_data } };
  for (let round = 0; round < ROUNDS; round += 1) {
    await call(awsUrl, {
      method: "POST",
      headers: { "x-amz-target": "secretsmanager.GetSecretValue" },
      body: JSON.stringify({ SecretId: bench.API_KEY_SECRET }),
    });
    await call(`${list}?page_size=100`, { headers: { authorization } });
    await call(`${list}/${name}`, {
      method: "PUT",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(update),
    });
  }
}

async function call(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  await response.text();
  if (!response.ok) throw new Error(`${init.method ?? "GET"} ${url}: ${response.status}`);
}
