import type { Terminal } from "../../terminal/terminal.ts";
import type { ProviderFault } from "../providers/faults.ts";
import { AGENTS_SECRET, ENVIRONMENTS, FORBIDDEN, ORGANIZATION_ID, REVOKED } from "./connections.ts";
import type { DemoSandbox } from "./environment.ts";
import { COMMAND_LINE } from "./invocation.ts";

/** One example of each kind of fault, for the next PUT or GET of any connection. */
const CONFLUENT_FAULTS = [
  { method: "PUT", fault: { kind: "status", status: 503 } },
  { method: "PUT", fault: { kind: "redirect", status: 307, location: "https://example.com" } },
  { method: "PUT", fault: { kind: "reset", applied: true } },
  { method: "GET", fault: { kind: "hang" } },
  { method: "GET", fault: { kind: "body", body: "html" } },
  { method: "GET", fault: { kind: "drip", intervalMs: 5 } },
  { method: "GET", fault: { kind: "stall" } },
  { method: "GET", fault: { kind: "huge" } },
  { method: "PUT", fault: { kind: "touch" } },
] as const;

const AWS_FAULTS = [
  { operation: "GetSecretValue", error: "DecryptionFailure", times: 1 },
  { operation: "GetSecretValue", latencyMs: 3_000, times: 1 },
  { operation: "Publish", connection: "reset", times: 1 },
  { operation: "Publish", connection: "lost-answer", times: 1 },
  { operation: "Publish", connection: "silence", times: 1 },
  { operation: "PutSecretValue", invisibleForMs: 5_000, times: 1 },
] as const;

const PROVIDER_FAULTS = [
  { provider: "OPENAI", status: 403, body: "{}" },
  { provider: "OPENAI", status: 429, body: "{}" },
  { provider: "OPENAI", status: 401, body: "<html>Sign in</html>" },
  { provider: "OPENAI", status: 307, headers: { location: "https://example.com" } },
  { provider: "OPENAI", transfer: "hang" },
  { provider: "OPENAI", transfer: { hugeBytes: 1_000_000 } },
  { provider: "OAUTH2", status: 400, body: '{"error":"invalid_scope"}' },
] as const satisfies readonly ProviderFault[];

const SETTINGS = [
  { world: "silent" },
  { world: "credulous" },
  { world: "controller", verdictAfterMs: 1_500 },
  { world: "prompt" },
  { replicaLagMs: 1_000 },
  { refusesMetadata: 409 },
  { rejectedPhase: "UNREACHABLE" },
  { htmlOnPut: true },
] as const;

/** The output of `npm start -- --serve`: commands for a second terminal, with those that are needed first on the last screen. */
export function instructions(terminal: Terminal, sandbox: DemoSandbox): readonly string[] {
  const { aws, confluent, providers, logFile } = sandbox;
  const note = (text: string) => terminal.paint("dim", `# ${text}`);
  return [
    ...changes(sandbox, note),
    "",
    `Secrets Manager and SNS at ${aws.url}, Confluent's connections API at ${confluent.url},`,
    `the providers of the keys at ${providers.url}.`,
    `The function's log: ${logFile}. Press Ctrl-C to end.`,
    "",
    note("In a second terminal, point all commands to the sandbox:"),
    "unset AWS_PROFILE",
    `export ${Object.entries(sandbox.env)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ")}`,
    "",
    ...commands(sandbox, note),
  ];
}

function changes({ aws, confluent, providers }: DemoSandbox, note: (text: string) => string): string[] {
  const faults = `${confluent.url}/_sandbox/faults`;
  const environment = ENVIRONMENTS.staging;
  return [
    note("Faults of Confluent's API, each for one request:"),
    ...CONFLUENT_FAULTS.map((rule) => post(faults, rule)),
    note("Faults of AWS:"),
    ...AWS_FAULTS.map((fault) => post(`${aws.url}/_sandbox/faults`, fault)),
    note("Unusual responses of the providers:"),
    ...PROVIDER_FAULTS.map((fault) => post(`${providers.url}/_sandbox/faults`, fault)),
    note("Clear the faults and responses that are still to come:"),
    ...[confluent, aws, providers].map(({ url }) => `curl -X DELETE ${url}/_sandbox/faults`),
    note("How statements end, and how the environment staging reports on keys:"),
    post(`${confluent.url}/_sandbox/statements`, { environment, settings: { failure: "Table not found" } }),
    ...SETTINGS.map((settings) => post(`${confluent.url}/_sandbox/settings`, { environment, settings })),
  ];
}

function commands({ aws, confluent, apiKeys }: DemoSandbox, note: (text: string) => string): string[] {
  const put = "aws secretsmanager put-secret-value --secret-id prod/openai --secret-string";
  const body = JSON.stringify({ SecretId: AGENTS_SECRET, SecretString: "a-new-token" });
  const connections = `sql/v1/organizations/${ORGANIZATION_ID}/environments/${ENVIRONMENTS.prod}/connections`;
  return [
    note(
      `A new key; a key that its provider refuses (any with "${REVOKED}" in it); a key that the provider accepts but Confluent shows as refused ("${FORBIDDEN}"); a new token without the AWS CLI:`,
    ),
    `${put} '{"OPENAI_API_KEY":"sk-2"}'`,
    `${put} '{"OPENAI_API_KEY":"sk-${REVOKED}"}'`,
    `${put} '{"OPENAI_API_KEY":"sk-${FORBIDDEN}"}'`,
    `curl -H 'x-amz-target: secretsmanager.PutSecretValue' -d '${body}' ${aws.url}`,
    note("A connection, and the messages to the topic:"),
    `curl -u ${apiKeys.prod} ${confluent.url}/${connections}/support-openai`,
    `curl ${aws.url}/_sandbox/sns/messages`,
    note("The state of the connections, and a rotation by hand:"),
    `${COMMAND_LINE} status`,
    `${COMMAND_LINE} rotate support-openai`,
    note("How the service reports on keys, and the proposed settings:"),
    `${COMMAND_LINE} probe support-openai --bad-key --yes --seconds 5`,
  ];
}

function post(url: string, body: object): string {
  return `curl -d '${JSON.stringify(body)}' ${url}`;
}
