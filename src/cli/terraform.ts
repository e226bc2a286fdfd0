import * as z from "zod/mini";
import { parseJson } from "../rotation/json.ts";
import type { FoundConnection } from "./draft.ts";
import { UsageError } from "./errors.ts";

const TYPE = "confluent_flink_connection";

const block = z.catch(z.array(z.object({ id: z.string() })), []);

/** The parts of a resource that are read; its credentials are not among them. */
const values = z.object({
  id: z.catch(z.string(), ""),
  display_name: z.string(),
  type: z.string(),
  endpoint: z.string(),
  rest_endpoint: z.catch(z.nullish(z.string()), undefined),
  organization: block,
  environment: block,
});

const resource = z.object({ mode: z.string(), type: z.string(), values: z.unknown() });

interface Module {
  readonly resources?: unknown[] | undefined;
  readonly child_modules?: Module[] | undefined;
}

const terraformModule: z.ZodMiniType<Module> = z.object({
  resources: z.optional(z.array(z.unknown())),
  child_modules: z.optional(z.array(z.lazy(() => terraformModule))),
});

const root = z.optional(z.object({ root_module: terraformModule }));
const output = z.object({ format_version: z.string(), values: root, planned_values: root });

/** The Flink connections in the output of `terraform show -json`, of a state or of a plan. @throws UsageError */
export function readTerraform(text: string): FoundConnection[] {
  const parsed = output.safeParse(parseJson(text));
  if (!parsed.success)
    throw new UsageError(
      "The file is not the output of terraform show -json.",
      "Run: terraform show -json > state.json",
    );
  const { values: state, planned_values: plan } = parsed.data;
  return resourcesOf((state ?? plan)?.root_module).flatMap((each) => {
    const { data } = resource.safeParse(each);
    const found =
      data?.mode === "managed" && data.type === TYPE ? values.safeParse(data.values).data : undefined;
    return found === undefined ? [] : [toFound(found)];
  });
}

function resourcesOf(module: Module | undefined): unknown[] {
  return [...(module?.resources ?? []), ...(module?.child_modules ?? []).flatMap(resourcesOf)];
}

/** `id` is "organization/environment/name". The blocks are absent if they are in the provider's configuration. */
function toFound({ id, ...found }: z.infer<typeof values>): FoundConnection {
  const [organizationId = "", environmentId = ""] = id.split("/");
  return {
    name: found.display_name,
    type: found.type,
    endpoint: found.endpoint,
    organizationId: found.organization[0]?.id ?? organizationId,
    environmentId: found.environment[0]?.id ?? environmentId,
    ...(found.rest_endpoint && { restEndpoint: found.rest_endpoint }),
  };
}
