import * as z from "zod/mini";
import {
  CONNECTION_TYPES,
  type ConnectionType,
  describeGroups,
  openGroups,
  optionsOf,
  TRANSPORT_TYPES,
} from "./rotation/connection-types.ts";

z.config(z.locales.en());

const text = z.string().check(z.trim(), z.minLength(1, "must not be empty"));

const SECRET_ID = /^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/;
const secretId = z
  .string()
  .check(z.regex(SECRET_ID, "must be a secret's name (letters, digits, /_+=.@-), partial ARN or full ARN"));

const environment = z
  .strictObject({
    organizationId: text,
    environmentId: text,
    cloud: z.optional(z.enum(["aws", "azure", "gcp"])),
    region: z.optional(z.string().check(z.regex(/^[a-z0-9-]+$/, "must be a region such as us-west-2"))),
    restEndpoint: z.optional(
      z
        .string()
        .check(
          z.refine(isSafeUrl, "must be an https URL without a query (http only for loopback addresses)"),
        ),
    ),
    apiKeySecret: secretId,
  })
  .check(
    z.refine(
      ({ cloud, region, restEndpoint }) =>
        restEndpoint === undefined
          ? cloud !== undefined && region !== undefined
          : cloud === undefined && region === undefined,
      "needs either cloud and region, or restEndpoint",
    ),
  );

const dataSource = z.union([z.strictObject({ field: text }), z.strictObject({ value: z.string() })]);

const connection = z
  .strictObject({
    name: text.check(z.maxLength(100, "must have at most 100 characters")),
    environment: z.optional(text),
    type: text,
    endpoint: z.optional(text),
    secret: secretId,
    fields: z.optional(z.union([text, z.record(z.string(), text)])),
    values: z.optional(z.record(z.string(), text)),
    data: z.optional(
      z
        .record(text, dataSource)
        .check(z.refine((data) => Object.keys(data).length > 0, "must name at least one backend key")),
    ),
    canary: z._default(z.boolean(), false),
  })
  .check((payload) => {
    for (const fault of credentialFaults(payload.value)) {
      payload.issues.push({
        code: "custom",
        input: undefined,
        message: fault.message,
        path: fault.path,
        continue: true,
      });
    }
  });

/** The shape of `connections.json`; what concerns several entries at once is checked in config.ts. */
export const connectionsFile = z.strictObject({
  $schema: z.optional(z.string()),
  environments: z
    .record(text, environment)
    .check(z.refine((all) => Object.keys(all).length > 0, "must name at least one environment")),
  connections: z.array(connection).check(z.minLength(1, "must list at least one connection")),
  rollout: z._default(
    z.strictObject({
      canary: z._default(z.boolean(), true),
      onRejected: z._default(z.enum(["keep", "rollback"]), "keep"),
    }),
    { canary: true, onRejected: "keep" },
  ),
  timing: z._default(
    z.strictObject({
      readyTimeoutSeconds: z._default(z.number().check(z.positive(), z.maximum(900)), 300),
      graceSeconds: z._default(z.number().check(z.minimum(0), z.maximum(600)), 120),
    }),
    { readyTimeoutSeconds: 300, graceSeconds: 120 },
  ),
  propagationLabel: z.optional(
    z.string().check(
      z.regex(/^[\w/+=.@-]{1,256}$/, "must be a staging label: letters, digits and /_+=.@-"),
      z.refine(
        (label) => !label.startsWith("AWS"),
        "must not begin with AWS: those labels belong to Secrets Manager",
      ),
    ),
  ),
  refresh: z._default(z.enum(["always", "when-stale"]), "always"),
});

export type ConnectionsFile = z.output<typeof connectionsFile>;
type ConnectionEntry = z.output<typeof connection>;

interface Fault {
  readonly path: string[];
  readonly message: string;
}

function credentialFaults(entry: ConnectionEntry): Fault[] {
  if (entry.data !== undefined) {
    return entry.fields === undefined && entry.values === undefined
      ? []
      : [{ path: ["data"], message: "takes the place of fields and values; give one or the other" }];
  }
  const type = CONNECTION_TYPES[entry.type];
  if (type === undefined) {
    const known = Object.keys(CONNECTION_TYPES).join(", ");
    return [
      {
        path: ["type"],
        message: `"${entry.type}" is not one of ${known}; for another type, spell its backend keys out under data`,
      },
    ];
  }
  return optionFaults(type, entry);
}

function optionFaults(type: ConnectionType, { type: name, fields, values = {} }: ConnectionEntry): Fault[] {
  const inFields = typeof fields === "string" ? [fields] : Object.keys(fields ?? {});
  const options = optionsOf(type);
  const place = (option: string) =>
    typeof fields === "string" && option === fields
      ? ["fields"]
      : [inFields.includes(option) ? "fields" : "values", option];
  const named = [...new Set([...inFields, ...Object.keys(values)])];
  const unknown = named.filter((option) => !options.some((each) => each === option));
  const faults = unknown.map((option) => ({
    path: place(option),
    message: `${name} takes no option "${option}"; it takes ${options.join(", ")}`,
  }));
  const twice = inFields.filter((option) => values[option] !== undefined);
  faults.push(
    ...twice.map((option) => ({
      path: ["values", option],
      message: `"${option}" is also in fields; give it once`,
    })),
  );
  if (unknown.length === 0 && openGroups(type, named).length === 0) {
    faults.push({
      path: ["fields"],
      message: `${named.join(", ")} exclude each other; ${name} needs ${describeGroups(type.groups)}`,
    });
  }
  return [...faults, ...transportFaults(values)];
}

function transportFaults(values: Readonly<Record<string, string>>): Fault[] {
  const transport = values["transport-type"]?.toUpperCase();
  if (transport === undefined) return [];
  if (!TRANSPORT_TYPES.some((each) => each === transport)) {
    return [{ path: ["values", "transport-type"], message: `must be ${TRANSPORT_TYPES.join(" or ")}` }];
  }
  return transport === "STREAMABLE_HTTP" && values["sse-endpoint"] !== undefined
    ? [{ path: ["values", "sse-endpoint"], message: "does not go with STREAMABLE_HTTP" }]
    : [];
}

function isSafeUrl(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return false;
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && loopback);
}
