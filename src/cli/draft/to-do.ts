import { CONNECTION_TYPES, describeGroups } from "../../rotation/credentials/connection-types.ts";
import { counted, firstNames } from "../../rotation/wording.ts";
import type { Draft, DraftEntry } from "./draft.ts";

const MAX_NAMED = 8;

/** The added entries and the remaining tasks of the operator. */
export function summary({ environments, connections, listed }: Draft, file: string): string[] {
  const open = connections.filter(({ isActive }) => !isActive);
  const active = connections.length - open.length;
  return [
    ...(listed > 0
      ? [`${counted(listed, "connection")} ${listed === 1 ? "is" : "are"} listed already.`]
      : []),
    addedLine(active, open.length),
    ...environments.flatMap(environmentToDo),
    ...connectionsToDo(open),
    ...(open.length > 0
      ? [`To do: fill in the empty values in ${file}, and remove the // before each line that is complete.`]
      : []),
    ...choices(open),
  ];
}

function addedLine(active: number, open: number): string {
  if (active + open === 0) return "There is nothing to add.";
  const added = `${counted(active + open, "connection")} added`;
  return open === 0
    ? `${added}.`
    : `${added}: ${active} complete, ${open} as ${open === 1 ? "a comment" : "comments"}.`;
}

function environmentToDo({ name, missing }: DraftEntry): string[] {
  return missing.length === 0 ? [] : [`To do: environment ${name} lacks ${missing.join(", ")}.`];
}

function connectionsToDo(open: readonly DraftEntry[]): string[] {
  const lacking = (key: string) =>
    open.filter(({ missing }) => missing.includes(key)).map(({ name }) => name);
  const [secret, data] = [lacking("secret"), lacking("data")];
  return [
    ...(secret.length > 0 ? [`To do: name the secret of ${firstNames(secret, MAX_NAMED)}.`] : []),
    ...(data.length > 0
      ? [
          `To do: ${firstNames(data, MAX_NAMED)}: the rotator does not know the type, so list its backend keys under data.`,
        ]
      : []),
  ];
}

/** A line for each type with alternative groups of options. */
function choices(open: readonly DraftEntry[]): string[] {
  const types = new Set(open.map(({ value }) => String(value["type"])));
  return [...types].flatMap((name) => {
    const groups = CONNECTION_TYPES.get(name)?.groups ?? [];
    return groups.length > 1 ? [`${name} needs one of ${describeGroups(groups)}.`] : [];
  });
}
