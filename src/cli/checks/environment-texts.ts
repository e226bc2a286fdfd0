import type { Config } from "../../config/load.ts";
import type { RunDependencies, SecretVersion } from "../../rotation/dependencies.ts";
import { RotationError } from "../../rotation/errors.ts";
import { asResult } from "../../rotation/outcome.ts";
import { type ShownTexts, TextResolver, type Texts, withhold } from "../../rotation/text-resolver.ts";
import { WITHHELD } from "../../rotation/untrusted-text.ts";
import { currentVersion } from "../../rotation/versions.ts";

/**
 * Redacted texts about a whole environment. They may quote the key of any connection in it, so the secrets of all
 * are read first, with their previous versions.
 */
export async function showEnvironmentTexts(
  clients: RunDependencies,
  config: Pick<Config, "connections">,
  environment: string,
  texts: Texts,
): Promise<ShownTexts> {
  const resolver = new TextResolver(clients);
  const known = resolver.resolveKnown(texts);
  if (known !== undefined) return known;
  const versions = new Map<string, Promise<SecretVersion | RotationError>>();
  const versionOf = (secret: string): Promise<SecretVersion | RotationError> => {
    const reading = versions.get(secret) ?? asResult(clients, () => currentVersion(clients, secret));
    versions.set(secret, reading);
    return reading;
  };
  const connections = config.connections.filter((each) => each.environment === environment);
  const resolved = await Promise.all(
    connections.map(async (connection) => {
      const version = await versionOf(connection.secret);
      return resolver.resolve(texts, connection, version instanceof RotationError ? undefined : version);
    }),
  );
  const isUnsafe = resolved.some((shown) => Object.values(shown).includes(WITHHELD));
  return isUnsafe ? withhold(texts) : resolver.show(texts);
}
