import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { WaitingNotice } from "../../terminal/waiting-notice.ts";
import { awsClientOptions } from "../aws.ts";
import type { CommandContext } from "../context.ts";

/** The names of the account's secrets, or `undefined` without permission to list them. */
export async function listSecretNames({ err }: Pick<CommandContext, "err">): Promise<string[] | undefined> {
  const client = new SecretsManagerClient(awsClientOptions());
  const names: string[] = [];
  try {
    await new WaitingNotice(err).during("Secrets Manager", async () => {
      let token: string | undefined;
      do {
        const page = await client.send(new ListSecretsCommand({ MaxResults: 100, NextToken: token }));
        names.push(...(page.SecretList ?? []).flatMap(({ Name }) => Name ?? []));
        token = page.NextToken;
      } while (token !== undefined);
    });
    return names.toSorted();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

/** The secret whose name has the most words in common with the connection's name and type, if it is unique. */
export function likelySecret(
  connection: { readonly name: string; readonly type: string },
  names: readonly string[],
): string | undefined {
  const words = new Set([...wordsIn(connection.name), ...wordsIn(connection.type)]);
  const rated = names
    .map((name) => ({ name, shared: wordsIn(name).filter((word) => words.has(word)).length }))
    .filter(({ shared }) => shared > 0)
    .toSorted((a, b) => b.shared - a.shared);
  const [best, next] = rated;
  return best !== undefined && best.shared > (next?.shared ?? 0) ? best.name : undefined;
}

function wordsIn(name: string): string[] {
  return name.toLowerCase().match(/[a-z]+|\d+/g) ?? [];
}
