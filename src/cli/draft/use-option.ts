import { UsageError } from "../errors.ts";
import { listOption } from "../options.ts";
import { PROGRAM } from "../program-name.ts";
import { suggestion } from "../suggestion.ts";

export const useOption = () => listOption("--use <connection=secret>", "the secret of a connection");

/** The secrets by connection. @throws UsageError for an invalid CONNECTION=SECRET or an unknown connection. */
export function secretsIn(
  pairs: readonly string[],
  found: readonly { readonly name: string }[],
  command: string,
): ReadonlyMap<string, string> {
  const names = found.map(({ name }) => name);
  return new Map(
    pairs.map((pair) => {
      const [name = "", secret = ""] = pair.split(/=(.*)/s);
      if (name === "" || secret === "")
        throw new UsageError(`"${pair}" is not CONNECTION=SECRET.`, `See ${PROGRAM} ${command} --help.`);
      if (!names.includes(name))
        throw new UsageError(`No connection "${name}" was found.`, suggestion(name, names));
      return [name, secret];
    }),
  );
}
