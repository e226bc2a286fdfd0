import type { Connection } from "./connection.ts";
import { buildCredentials } from "./credentials/auth-data.ts";
import type { RunContext, RunDependencies, SecretVersion } from "./dependencies.ts";
import { RotationError } from "./errors.ts";
import { PreviousVersions } from "./previous-versions.ts";
import { type Text, UntrustedText } from "./untrusted-text.ts";

type Dependencies = Pick<RunDependencies, "secrets" | "redactor" | "log" | "clock" | "deadlineAt"> &
  Partial<Pick<RunContext, "settings">>;

/** The texts of an outcome; some may come from outside. */
export interface Texts {
  readonly message?: Text;
  readonly detail?: Text;
  readonly requestId?: Text;
}

/** The same texts as they may be shown. */
export type ShownTexts = { readonly [key in keyof Texts]?: string };

/**
 * Redacts texts from outside before they are shown. A service may quote the key that it got before, which is still valid:
 * a text about a secret is shown once the versions before the rotated ones are known.
 */
export class TextResolver {
  readonly #dependencies: Dependencies;
  readonly #previous: PreviousVersions;

  /** @param closed aborts when the run is over. */
  constructor(dependencies: Dependencies, closed?: AbortSignal) {
    this.#dependencies = dependencies;
    this.#previous = new PreviousVersions(dependencies, closed);
  }

  /** Starts to read AWSPREVIOUS of a secret before `version` is rotated, once. */
  readBefore(secretId: string, version: SecretVersion): void {
    this.#previous.readBefore(secretId, version);
  }

  /** Starts to read AWSPREVIOUS of a secret, once. */
  prepare(secretId: string): void {
    // Nobody may wait for it.
    this.#previous.latest(secretId).catch(() => undefined);
  }

  /** The texts, if they can be shown with what is known already. */
  resolveKnown(texts: Texts): ShownTexts | undefined {
    const mayQuote = textsOf(texts).some(([, text]) => text instanceof UntrustedText && text.mayQuote);
    return mayQuote ? undefined : this.show(texts);
  }

  /** The texts about a connection; those from outside are withheld if an earlier version cannot be known. Never rejects. */
  async resolve(texts: Texts, connection: Connection, version?: SecretVersion): Promise<ShownTexts> {
    try {
      const known = this.resolveKnown(texts);
      if (known !== undefined) return known;
      for (const each of await this.#previous.quotable(connection.secret, version))
        this.#addCredentials(connection, each);
      return this.show(texts);
    } catch (error) {
      if (!(error instanceof RotationError)) this.#dependencies.log.bug(error);
      return withhold(texts);
    }
  }

  /**
   * The id of the AWSPREVIOUS version; `undefined` if there is none, if it cannot be read, or if it is newer than `current`:
   * then AWSCURRENT was given back, and the newer version lost it for a reason. Never rejects.
   */
  async previousVersionId(secretId: string, current?: SecretVersion): Promise<string | undefined> {
    const previous = await this.#previous.latest(secretId, current).catch(() => undefined);
    const isNewer = current !== undefined && previous !== undefined && previous.createdAt > current.createdAt;
    return isNewer ? undefined : previous?.versionId;
  }

  /** Short credentials and common words are removed only if they are sent, which the connection decides. */
  #addCredentials(connection: Connection, { value }: SecretVersion): void {
    try {
      const { secrets, headers } = buildCredentials(connection, value);
      for (const secret of [...secrets, ...headers]) this.#dependencies.redactor.add(secret);
    } catch (error) {
      if (!(error instanceof RotationError)) throw error;
    }
  }

  /** The texts without the secrets that are known already. */
  show(texts: Texts): ShownTexts {
    const { redactor } = this.#dependencies;
    return mapTexts(texts, (text) => (typeof text === "string" ? text : text.redactWith(redactor)));
  }
}

/** The texts without what comes from outside. */
export function withhold(texts: Texts): ShownTexts {
  return mapTexts(texts, String);
}

function mapTexts(texts: Texts, show: (text: Text) => string): ShownTexts {
  return Object.fromEntries(textsOf(texts).map(([key, text]) => [key, show(text)]));
}

function textsOf({ message, detail, requestId }: Texts): (readonly [string, Text])[] {
  return Object.entries({ message, detail, requestId }).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, text] as const],
  );
}
