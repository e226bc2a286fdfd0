import * as z from "zod/mini";

const expression = z.catch(
  z.optional(
    z.object({
      constant_value: z.catch(z.optional(z.string()), undefined),
      references: z.catch(z.array(z.string()), []),
    }),
  ),
  undefined,
);

const expressions = z.object({
  organization_id: expression,
  environment_id: expression,
  flink_rest_endpoint: expression,
});

interface ConfigurationModule {
  readonly resources: { readonly address: string; readonly provider_config_key: string }[];
  readonly module_calls: Record<string, { readonly module: ConfigurationModule }>;
}

const NO_MODULE: ConfigurationModule = { resources: [], module_calls: {} };

const configurationModule: z.ZodMiniType<ConfigurationModule> = z.object({
  resources: z.catch(z.array(z.object({ address: z.string(), provider_config_key: z.string() })), []),
  module_calls: z.catch(
    z.record(z.string(), z.object({ module: z.lazy(() => z.catch(configurationModule, NO_MODULE)) })),
    {},
  ),
});

/** The part `configuration` of a plan. A state has none. */
export const configurationSchema = z.object({
  provider_config: z.catch(z.record(z.string(), z.object({ expressions: z.catch(expressions, {}) })), {}),
  root_module: z.catch(configurationModule, NO_MODULE),
});

export interface Configuration extends Partial<Omit<z.infer<typeof configurationSchema>, "root_module">> {
  readonly root_module: ConfigurationModule | undefined;
  readonly variables: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Provider {
  readonly organizationId?: string | undefined;
  readonly environmentId?: string | undefined;
  readonly restEndpoint?: string | undefined;
}

/** The settings of the provider block that a resource uses, as far as they are constants. */
export function providerOf(address: string, configuration: Configuration): Provider {
  const { root_module, provider_config = {}, variables } = configuration;
  const key = providerKeyOf(address, root_module);
  const found = key === undefined ? undefined : provider_config[key]?.expressions;
  if (found === undefined) return {};
  const resolve = (value: z.infer<typeof expression>): string | undefined => {
    const [, variable = ""] = /^var\.(\w+)$/.exec(value?.references[0] ?? "") ?? [];
    const given = value?.constant_value ?? variables[variable]?.value;
    return typeof given === "string" ? given : undefined;
  };
  return {
    organizationId: resolve(found.organization_id),
    environmentId: resolve(found.environment_id),
    restEndpoint: resolve(found.flink_rest_endpoint),
  };
}

function providerKeyOf(address: string, root: ConfigurationModule | undefined): string | undefined {
  const bare = address.replaceAll(/\[[^\]]*\]/g, "");
  const modules = [...bare.matchAll(/module\.([^.]+)\./g)].map(([, name = ""]) => name);
  const inside = modules.reduce<ConfigurationModule | undefined>(
    (module, name) => module?.module_calls[name]?.module,
    root,
  );
  const local = bare.replaceAll(/module\.[^.]+\./g, "");
  return inside?.resources.find((each) => each.address === local)?.provider_config_key;
}
