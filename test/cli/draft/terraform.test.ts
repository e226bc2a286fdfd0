import { describe, expect, it } from "vitest";
import { readTerraform } from "../../../src/cli/draft/terraform.ts";

const CONNECTION = "confluent_flink_connection";
const STATEMENT = "confluent_flink_statement";
const IDS = { organization: [{ id: "org-1" }], environment: [{ id: "env-1" }] };

interface Resource {
  readonly address: string;
  readonly type?: string;
  readonly values: object;
}

function plan(resources: readonly Resource[], more: object = {}): string {
  const managed = resources.map((each) => ({ mode: "managed", type: CONNECTION, ...each }));
  return JSON.stringify({
    format_version: "1.2",
    planned_values: { root_module: { resources: managed } },
    ...more,
  });
}

/** A provider block as a plan spells it, with the endpoint as a constant or as a variable. */
function provider(endpoint: object) {
  return {
    expressions: {
      organization_id: { constant_value: "org-1" },
      environment_id: { references: ["var.environment"] },
      flink_rest_endpoint: endpoint,
    },
  };
}

describe("readTerraform", () => {
  it("keeps a connection whose endpoint is known only after apply, and says so", () => {
    const values = { display_name: "a", type: "OPENAI", ...IDS };
    expect(readTerraform(plan([{ address: "confluent_flink_connection.a", values }]))).toEqual({
      found: [{ name: "a", type: "OPENAI", organizationId: "org-1", environmentId: "env-1" }],
      remarks: [
        'confluent_flink_connection.a: the endpoint of a is known only after apply, so "endpoint" is omitted. It is optional.',
      ],
    });
  });

  it("names a connection whose name is known only after apply", () => {
    const { found, remarks } = readTerraform(
      plan([{ address: "confluent_flink_connection.a", values: { type: "OPENAI" } }]),
    );
    expect(found).toEqual([]);
    expect(remarks).toEqual([
      expect.stringMatching(/^confluent_flink_connection\.a: the connection's name cannot be read/),
    ]);
  });

  it("takes the region of each connection from its provider block", () => {
    const values = { display_name: "a", type: "OPENAI", endpoint: "https://e" };
    const configuration = {
      provider_config: {
        confluent: provider({ constant_value: "https://flink.us-west-2.aws.confluent.cloud" }),
        "confluent.eu": provider({ references: ["var.eu_endpoint"] }),
      },
      root_module: {
        resources: [{ address: "confluent_flink_connection.a", provider_config_key: "confluent" }],
        module_calls: {
          eu: {
            module: {
              resources: [{ address: "confluent_flink_connection.a", provider_config_key: "confluent.eu" }],
            },
          },
        },
      },
    };
    const variables = {
      environment: { value: "env-1" },
      eu_endpoint: { value: "https://flink.eu-west-1.aws.confluent.cloud" },
    };
    const resources = [
      { address: "confluent_flink_connection.a", values },
      { address: "module.eu.confluent_flink_connection.a[0]", values },
    ];
    const { found } = readTerraform(plan(resources, { configuration, variables }));
    expect(found).toEqual([
      expect.objectContaining({
        organizationId: "org-1",
        environmentId: "env-1",
        restEndpoint: "https://flink.us-west-2.aws.confluent.cloud",
      }),
      expect.objectContaining({ restEndpoint: "https://flink.eu-west-1.aws.confluent.cloud" }),
    ]);
  });

  it("finds connections created by statements, without their credentials", () => {
    const statement = `-- 'comment'
      CREATE CONNECTION IF NOT EXISTS \`cat\`.\`db\`.\`my-rest\` COMMENT 'it''s'
      WITH ('type' = 'rest', 'endpoint' = 'https://api.example.com', 'token' = 'never-seen')`;
    const result = readTerraform(
      plan([{ address: "confluent_flink_statement.c", type: STATEMENT, values: { statement, ...IDS } }]),
    );
    expect(result).toEqual({
      found: [
        {
          name: "my-rest",
          type: "rest",
          endpoint: "https://api.example.com",
          organizationId: "org-1",
          environmentId: "env-1",
        },
      ],
      remarks: [],
    });
  });

  it("takes the environment of a statement from its id", () => {
    const values = { id: "env-7/lfcp-1/create", statement: "create connection c with ('type'='A2A')" };
    const { found, remarks } = readTerraform(
      plan([{ address: "confluent_flink_statement.c", type: STATEMENT, values }]),
    );
    expect(found).toMatchObject([{ name: "c", type: "A2A", environmentId: "env-7" }]);
    expect(remarks).toHaveLength(1);
  });

  it("says that a statement is known only after apply and ignores other statements", () => {
    const { found, remarks } = readTerraform(
      plan([
        { address: "confluent_flink_statement.a", type: STATEMENT, values: {} },
        {
          address: "confluent_flink_statement.b",
          type: STATEMENT,
          values: { statement: "SELECT 'CREATE CONNECTION x WITH ()'" },
        },
        {
          address: "confluent_flink_statement.c",
          type: STATEMENT,
          values: { statement: "CREATE CONNECTION x WITH ('endpoint'='e')" },
        },
      ]),
    );
    expect(found).toEqual([]);
    expect(remarks).toEqual([
      "confluent_flink_statement.a: the statement is known only after apply, so it was skipped.",
      expect.stringContaining("confluent_flink_statement.c: the connection's type cannot be read here"),
    ]);
  });
});
