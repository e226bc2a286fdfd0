import { en } from "zod/locales";
import * as z from "zod/mini";

z.config({ ...en(), jitless: true });

const text = z.string().check(z.regex(/\S/, "must not be empty"));

/** A text for alerts and logs, which `printable` returns unchanged. */
const line = text.check(
  z.regex(/^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u, "must not contain line breaks or control characters"),
);

/** A part of a URL's path. */
const pathSegment = line.check(
  z.refine(
    (part) => part.isWellFormed(),
    "contains half of a character (a lone surrogate), which no URL can carry",
  ),
);

/** `!` occurs in names of secrets managed by AWS services, such as `rds!cluster-1`. */
const SECRET_ID = /^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@!-]{1,512}$/;
const secretId = z.string().check(
  z.regex(SECRET_ID, {
    error: ({ input }) =>
      input === ""
        ? "must not be empty"
        : "must be a secret's name (letters, digits, /_+=.@!-), partial ARN or full ARN",
  }),
);

const statementName = z
  .string()
  .check(
    z.regex(/^[a-z0-9.-]{1,100}$/, "must be a statement's name: at most 100 of a-z, 0-9, dot and hyphen"),
  );

/** A statement that uses a connection to prove that its key works. */
const verificationStatement = z.strictObject({
  sql: text.check(z.maxLength(131_072, "must have at most 131072 characters")),
  catalog: z.optional(line),
  database: z.optional(line),
  computePool: z.optional(line),
  principal: z.optional(line),
  timeoutSeconds: z._default(z.number().check(z.positive(), z.maximum(900)), 120),
});

const environment = z.strictObject({
  organizationId: pathSegment,
  environmentId: pathSegment,
  cloud: z.optional(z.enum(["aws", "azure", "gcp"])),
  region: z.optional(z.string().check(z.regex(/^[a-z0-9-]+$/, "must be a region such as us-west-2"))),
  restEndpoint: z.optional(
    z
      .string()
      .check(z.refine(isSafeUrl, "must be an https URL without a query (http only for loopback addresses)")),
  ),
  apiKeySecret: secretId,
  statements: z.optional(
    z.strictObject({
      report: z._default(z.boolean(), false),
      restart: z._default(z.array(statementName), []),
    }),
  ),
});

const dataSource = z.union(
  [z.strictObject({ field: text }), z.strictObject({ value: z.string() })],
  'must be {"field": "…"} or {"value": "…"}',
);

const connection = z.strictObject({
  name: pathSegment.check(
    z.regex(/^(?!\.\.?$)/, "must not be . or .."),
    z.maxLength(100, "must have at most 100 characters"),
  ),
  environment: z.optional(line),
  type: line,
  endpoint: z.optional(line),
  secret: secretId,
  fields: z.optional(
    z.union([text, z.record(z.string(), text)], "must be an option, or a key of the secret for each option"),
  ),
  values: z.optional(z.record(z.string(), text)),
  data: z.optional(
    z
      .record(text, dataSource)
      .check(z.refine((data) => Object.keys(data).length > 0, "must name at least one backend key")),
  ),
  canary: z._default(z.boolean(), false),
  verify: z.optional(line),
  provider: z._default(z.boolean(), true),
});

/** The shape of `connections.json`. validate.ts checks rules that involve several keys or entries. */
export const connectionsFile = z.strictObject({
  $schema: z.optional(z.string()),
  environments: z
    .record(line, environment)
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
      confirmSeconds: z._default(z.number().check(z.minimum(0), z.maximum(300)), 10),
    }),
    { readyTimeoutSeconds: 300, graceSeconds: 120, confirmSeconds: 10 },
  ),
  verification: z._default(
    z.strictObject({
      require: z._default(z.enum(["auto", "ready", "applied"]), "auto"),
      provider: z._default(z.boolean(), true),
      statements: z._default(z.record(line, verificationStatement), {}),
    }),
    { require: "auto", provider: true, statements: {} },
  ),
  propagationLabel: z.optional(
    z
      .string()
      .check(
        z.regex(/^[\w/+=.@-]{1,256}$/, "must be a staging label: letters, digits and /_+=.@-"),
        z.regex(/^(?!AWS)/, "must not begin with AWS: those labels belong to Secrets Manager"),
      ),
  ),
  refresh: z._default(z.enum(["always", "when-stale"]), "always"),
});

export type ConnectionsFile = z.output<typeof connectionsFile>;

/** The keys allowed at a path, for suggestions. */
export function knownKeys([section, second, third]: readonly PropertyKey[]): string[] {
  if (section === "verification" && second === "statements") return Object.keys(verificationStatement.shape);
  if (section === "environments" && third === "statements")
    return Object.keys(environment.shape.statements.def.innerType.shape);
  const { environments, connections, rollout, timing, verification } = connectionsFile.shape;
  const sections: Readonly<Record<PropertyKey, { readonly shape: object }>> = {
    environments: environments.def.valueType,
    connections: connections.def.element,
    rollout: rollout.def.innerType,
    timing: timing.def.innerType,
    verification: verification.def.innerType,
  };
  return Object.keys((section === undefined ? connectionsFile : sections[section])?.shape ?? {});
}

function isSafeUrl(value: string): boolean {
  const url = URL.parse(value);
  if (url === null || url.username !== "" || url.password !== "" || /[?#]/.test(value)) return false;
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && loopback);
}
