/** The description of each setting by its path, for the JSON Schema and the documentation. Not in the bundle. */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "": "Which connections the Flink connection rotator updates, and from which secrets.",
  $schema: "The path or URL of this JSON Schema, for completion and checks in an editor.",
  environments:
    "The Confluent Cloud environments, each under a name of your choice that connections, alerts and metrics use.",
  "environments.*":
    "One environment in one region. It needs either `cloud` and `region`, or `restEndpoint`. List an environment twice if it has connections in two regions.",
  "environments.*.organizationId": "The id of the Confluent Cloud organization.",
  "environments.*.environmentId": "The id of the environment, such as `env-a1b2c3`.",
  "environments.*.cloud": "The cloud provider of the Flink region.",
  "environments.*.region": "The Flink region, such as `us-west-2`.",
  "environments.*.restEndpoint":
    "The Flink REST endpoint of the region, instead of `cloud` and `region`, for private networking. An https URL without a query.",
  "environments.*.apiKeySecret":
    "The secret with the rotator's own Confluent API key for this environment and region: a name, a partial ARN or a full ARN.",
  "environments.*.statements":
    "What the rotator does about Flink statements that still run with the previous key. See [statements](statements.md).",
  "environments.*.statements.report":
    "Whether the report names the running statements that use an updated connection and started before the update.",
  "environments.*.statements.restart":
    "The names of the statements that the rotator stops and resumes once all their connections use the new key. Only `INSERT INTO`, `EXECUTE STATEMENT SET` and `CREATE TABLE AS` can be resumed.",
  "environments.*.statements.restart[]": "The name of a statement.",
  connections: "The connections to update.",
  "connections[]": "One connection. It must exist: the rotator never creates one.",
  "connections[].name": "The name of the connection in Confluent Cloud, at most 100 characters.",
  "connections[].environment":
    "The environment of the connection, as named under `environments`. Optional if there is only one.",
  "connections[].type":
    "The type of the connection, as in `CREATE CONNECTION`. For a type that is not listed, give `data`.",
  "connections[].endpoint":
    "A safeguard: a connection whose live endpoint differs from this one is not updated.",
  "connections[].secret":
    "The secret with the credentials: a name, a partial ARN or a full ARN. Use a full ARN for a secret of another account.",
  "connections[].fields":
    "Where the secret holds each option: a key of the secret's JSON for each option. A single option name means that the whole secret is that option. Without it, each option is looked up under its usual spellings.",
  "connections[].fields.*": "The key of the secret's JSON that holds this option.",
  "connections[].values": "Options that are not secret, such as `transport-type`, with their values.",
  "connections[].values.*": "The value of this option.",
  "connections[].data":
    "The backend keys of the credentials, instead of `fields` and `values`, for connection types that the rotator does not know.",
  "connections[].data.*":
    "Either a key of the secret's JSON (`field`), or a value that is not secret (`value`).",
  "connections[].data.*.field": "The key of the secret's JSON that holds this value.",
  "connections[].data.*.value": "A value that is not secret.",
  "connections[].canary":
    "Whether this connection tries new keys before the others of its secret. Without it, the first in the list does.",
  "connections[].provider":
    "Whether the rotator asks the provider about a new key of this connection before it sends the key to Confluent.",
  "connections[].verify":
    "The name of a statement under `verification.statements` that uses this connection. The rotator runs it after each update to test the new key.",
  rollout: "How a new key reaches the connections of a secret.",
  "rollout.canary":
    "Whether one connection of each secret tries a new key first. If the key is refused, the others keep the key they have.",
  "rollout.onRejected":
    "What happens to a connection whose new key is refused: `keep` leaves the new key in place, `rollback` restores the previous version of the secret (AWSPREVIOUS).",
  timing: "How long the rotator waits for Confluent.",
  "timing.readyTimeoutSeconds": "How long a connection may take to become READY.",
  "timing.graceSeconds":
    "How long a key younger than ten minutes may be refused before that counts. 0 turns the grace period off.",
  "timing.confirmSeconds":
    "How long a phase that was the same before the PUT must last to count as the verdict on the new key; at most a third of `readyTimeoutSeconds`. 0 turns this off.",
  verification: "What counts as success.",
  "verification.require":
    "Which evidence a connection needs. `auto`: a READY, or an accepted PUT if Confluent reports no phase for the connection at all. `ready`: only a READY. `applied`: an accepted PUT, even if the phase disappears after it.",
  "verification.provider":
    "Whether the rotator asks the provider that issued a key about it before it sends the key to Confluent, for the connection types that support this. If the provider refuses the key, no connection receives it.",
  "verification.statements":
    "Flink SQL statements that use a connection, by the name that a connection's `verify` refers to. See [statements](statements.md).",
  "verification.statements.*":
    "One statement. It must end by itself and call the provider with the connection's key.",
  "verification.statements.*.sql": "The text of the statement.",
  "verification.statements.*.catalog":
    "The catalog for names without one: the environment's name or id in Confluent Cloud.",
  "verification.statements.*.database": "The database for names without one: the Kafka cluster's name or id.",
  "verification.statements.*.computePool":
    "The compute pool that runs the statement, such as `lfcp-a1b2c3`. Without it, Confluent uses the default pool of the environment and region.",
  "verification.statements.*.principal":
    "The service account or user that the statement runs as, such as `sa-a1b2c3`. The owner of the rotator's Confluent API key needs the role Assigner on it. Without it, the statement runs as that owner.",
  "verification.statements.*.timeoutSeconds":
    "How long the statement may take, including the wait for room in the compute pool.",
  propagationLabel:
    "A staging label, such as `FLINK_READY`, that the rotator moves to a version when every listed connection of the secret uses it.",
  refresh:
    "What a scheduled run does with connections that the propagation label shows to be up to date: `always` updates them, `when-stale` skips them unless another client has changed them since.",
};
