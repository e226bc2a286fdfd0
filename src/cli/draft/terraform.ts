import * as z from "zod/mini";
import { parseJson } from "../../rotation/json.ts";
import { UsageError } from "../errors.ts";
import { connectionIn } from "./create-connection.ts";
import type { FoundConnection } from "./found.ts";
import { type Configuration, configurationSchema, providerOf } from "./terraform-provider.ts";

/** The connections in Terraform's output, and remarks on incomplete ones. */
export interface TerraformResult {
  readonly found: readonly FoundConnection[];
  readonly remarks: readonly string[];
}

const block = z.catch(z.array(z.object({ id: z.catch(z.optional(z.string()), undefined) })), []);
const text = z.catch(z.optional(z.string()), undefined);

/** The parts of a resource that are read; its credentials are not among them. */
const values = z.object({
  id: text,
  display_name: text,
  type: text,
  endpoint: text,
  statement: text,
  rest_endpoint: text,
  organization: block,
  environment: block,
});

const resource = z.object({ address: text, mode: z.string(), type: z.string(), values });

interface Module {
  readonly resources?: unknown[] | undefined;
  readonly child_modules?: Module[] | undefined;
}

const terraformModule: z.ZodMiniType<Module> = z.object({
  resources: z.optional(z.array(z.unknown())),
  child_modules: z.optional(z.array(z.lazy(() => terraformModule))),
});

const root = z.optional(z.object({ root_module: z.catch(z.optional(terraformModule), undefined) }));
const output = z.object({
  format_version: z.string(),
  values: root,
  planned_values: root,
  configuration: z.catch(z.optional(configurationSchema), undefined),
  variables: z.catch(z.record(z.string(), z.object({ value: z.unknown() })), {}),
});

type Resource = z.infer<typeof resource>;

/**
 * The Flink connections in the output of `terraform show -json` for a state or a plan: resources, and those that a
 * statement creates. @throws UsageError
 */
export function readTerraform(json: string): TerraformResult {
  const parsed = output.safeParse(parseJson(json));
  if (!parsed.success)
    throw new UsageError(
      "The file is not the output of terraform show -json.",
      "Run: terraform show -json > state.json",
    );
  const { values: state, planned_values: plan, configuration, variables } = parsed.data;
  const provided = { root_module: undefined, ...configuration, variables };
  const all = resourcesOf((state ?? plan)?.root_module).flatMap(
    (each) => resource.safeParse(each).data ?? [],
  );
  const results = all.filter(({ mode }) => mode === "managed").map((each) => toResult(each, provided));
  return { found: results.flatMap(({ found }) => found), remarks: results.flatMap(({ remarks }) => remarks) };
}

function resourcesOf(module: Module | undefined): unknown[] {
  return [...(module?.resources ?? []), ...(module?.child_modules ?? []).flatMap(resourcesOf)];
}

function toResult(each: Resource, configuration: Configuration): TerraformResult {
  const { type, address = type } = each;
  if (type === "confluent_flink_connection") {
    const { display_name: name, type: connectionType, endpoint } = each.values;
    return complete(each, configuration, { name, type: connectionType, endpoint });
  }
  if (type !== "confluent_flink_statement") return { found: [], remarks: [] };
  const { statement } = each.values;
  if (statement === undefined)
    return {
      found: [],
      remarks: [`${address}: the statement is known only after apply, so it was skipped.`],
    };
  const created = connectionIn(statement);
  return created === undefined ? { found: [], remarks: [] } : complete(each, configuration, created);
}

interface Named {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly endpoint: string | undefined;
}

function complete(
  { values: { id = "", ...found }, type: resourceType, address = resourceType }: Resource,
  configuration: Configuration,
  { name, type, endpoint }: Named,
): TerraformResult {
  const unknown = [...(name === undefined ? ["name"] : []), ...(type === undefined ? ["type"] : [])];
  if (name === undefined || type === undefined)
    return {
      found: [],
      remarks: [
        `${address}: the connection's ${unknown.join(" and ")} cannot be read here, so it is not in the file. Run terraform apply, or add it by hand.`,
      ],
    };
  const provider = providerOf(address, configuration);
  const ids = idsOf(id, resourceType);
  const restEndpoint = found.rest_endpoint || provider.restEndpoint;
  const connection: FoundConnection = {
    name,
    type,
    ...(endpoint && { endpoint }),
    organizationId: found.organization[0]?.id || ids.organizationId || provider.organizationId || "",
    environmentId: found.environment[0]?.id || ids.environmentId || provider.environmentId || "",
    ...(restEndpoint && { restEndpoint }),
  };
  const remarks = [
    `${address}: the endpoint of ${name} is known only after apply, so "endpoint" is omitted. It is optional.`,
  ];
  return { found: [connection], remarks: endpoint ? [] : remarks };
}

/** A connection's id is ORGANIZATION/ENVIRONMENT/NAME, a statement's ENVIRONMENT/POOL/NAME. */
function idsOf(id: string, resourceType: string): { organizationId?: string; environmentId?: string } {
  const [first = "", second = ""] = id.split("/");
  return resourceType === "confluent_flink_connection"
    ? { organizationId: first, environmentId: second }
    : { environmentId: first };
}
