import { parse, visit } from "jsonc-parser";
import * as z from "zod/mini";
import { originOf } from "./found.ts";

const text = z.catch(z.string(), "");
const optionalText = z.catch(z.optional(z.string()), undefined);

const file = z.object({
  environments: z.catch(
    z.record(
      z.string(),
      z.object({
        organizationId: text,
        environmentId: text,
        cloud: optionalText,
        region: optionalText,
        restEndpoint: optionalText,
      }),
    ),
    {},
  ),
  connections: z.catch(z.array(z.object({ name: text, environment: optionalText })), []),
});

type Listed = z.output<typeof file>;

interface ExistingEnvironment {
  readonly name: string;
  readonly organizationId: string;
  readonly environmentId: string;
  /** Scheme and host; empty if it is not known. */
  readonly origin: string;
}

/** The content of an existing connections.json; of a file with faults, as much as can be read. */
export interface Existing {
  readonly environments: readonly ExistingEnvironment[];
  /** As ENVIRONMENT/NAME, including entries that an earlier merge wrote as comments. */
  readonly connections: ReadonlySet<string>;
  /** The names of environments and connections that are not comments. */
  readonly active: Readonly<Record<"environments" | "connections", ReadonlySet<string>>>;
}

export const NOTHING: Existing = readExisting("{}");

export function readExisting(json: string): Existing {
  const active = listedIn(json);
  const comments = commentsIn(json).map((comment) =>
    listedIn(comment.startsWith("{") ? `{"connections":[${comment}]}` : `{"environments":{${comment}}}`),
  );
  const environments = Object.assign({}, ...comments.map((each) => each.environments), active.environments);
  const [first = ""] = Object.keys(active.environments);
  const idsOf = ({ connections }: Listed) =>
    connections.map(({ name, environment = first }) => `${environment}/${name}`);
  return {
    environments: environmentsOf(environments),
    connections: new Set([active, ...comments].flatMap(idsOf)),
    active: {
      environments: new Set(Object.keys(active.environments)),
      connections: new Set(idsOf(active)),
    },
  };
}

function environmentsOf(environments: Listed["environments"]): ExistingEnvironment[] {
  return Object.entries(environments).map(([name, { organizationId, environmentId, ...address }]) => ({
    name,
    organizationId,
    environmentId,
    origin: originOf(address),
  }));
}

function listedIn(json: string): Listed {
  const parsed = file.safeParse(parse(json, [], { allowTrailingComma: true }));
  return parsed.data ?? { environments: {}, connections: [] };
}

/** The comments that look like an entry. */
function commentsIn(json: string): string[] {
  const comments: string[] = [];
  visit(json, {
    onComment: (offset, length) => {
      const comment = json.slice(offset + 2, offset + length).trim();
      if (/^(\{|"[^"]+": \{).*\},?$/.test(comment)) comments.push(comment);
    },
  });
  return comments;
}
