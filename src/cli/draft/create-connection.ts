const IDENTIFIER = "(?:`(?:[^`]|``)+`|[\\w$-]+)";
const CREATE = new RegExp(
  `^\\s*CREATE\\s+CONNECTION\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?((?:${IDENTIFIER}\\s*\\.\\s*)*)(${IDENTIFIER})\\s*(?:COMMENT\\s+'(?:[^']|'')*'\\s*)?WITH\\s*\\(([\\s\\S]*)\\)`,
  "i",
);
const OPTION = /'((?:[^']|'')*)'\s*=\s*'((?:[^']|'')*)'/g;

/** The connection that a statement creates, without its credentials, or `undefined`. */
export function connectionIn(
  statement: string,
): { name: string; type: string | undefined; endpoint: string | undefined } | undefined {
  const [, , name, options = ""] = CREATE.exec(withoutComments(statement)) ?? [];
  if (name === undefined) return undefined;
  const given = new Map(
    [...options.matchAll(OPTION)].map(([, key = "", value = ""]) => [
      key.toLowerCase(),
      value.replaceAll("''", "'"),
    ]),
  );
  return {
    name: name.startsWith("`") ? name.slice(1, -1).replaceAll("``", "`") : name,
    type: given.get("type"),
    endpoint: given.get("endpoint"),
  };
}

/** Removes comments but not the same characters in quoted texts. */
function withoutComments(statement: string): string {
  return statement.replaceAll(
    /('(?:[^']|'')*'|`[^`]*`)|--[^\n]*|\/\*[\s\S]*?\*\//g,
    (_, quoted?: string) => quoted ?? " ",
  );
}
