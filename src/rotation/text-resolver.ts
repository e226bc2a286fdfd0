import type { Connection } from "./connection.ts";
import { buildCredentials } from "./credentials/auth-data.ts";
import type { RunDependencies, SecretVersion } from "./dependencies.ts";
import { RotationError } from "./errors.ts";
import { type Text, UntrustedText } from "./untrusted-text.ts";
import { VISIBLE_WITHIN_MS } from "./versions.ts";

const READ_AGAIN_MS = 1_000;

type Dependencies = Pick<RunDependencies, "secrets" | "redactor" | "log" | "clock">;

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
 * before the first text about a secret is shown, AWSPREVIOUS of that secret is read.
 */
export class TextResolver {
  readonly #dependencies: Dependencies;
  readonly #previous = new Map<string, Promise<SecretVersion | undefined>>();

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  /** Starts to read AWSPREVIOUS of a secret, once. */
  prepare(secretId: string): void {
    // Nobody may wait for it.
    this.#previousOf(secretId).catch(() => undefined);
  }

  /** The texts, if they can be shown with what is known already. */
  resolveKnown(texts: Texts): ShownTexts | undefined {
    const mayQuote = textsOf(texts).some(([, text]) => text instanceof UntrustedText && text.mayQuote);
    return mayQuote ? undefined : this.show(texts);
  }

  /** The texts about a connection; those from outside are withheld if AWSPREVIOUS cannot be read. Never rejects. */
  async resolve(texts: Texts, connection: Connection, version?: SecretVersion): Promise<ShownTexts> {
    try {
      const known = this.resolveKnown(texts);
      if (known !== undefined) return known;
      const previous = await this.#previousOf(connection.secret, version);
      for (const each of [version, previous]) if (each !== undefined) this.#addCredentials(connection, each);
      return this.show(texts);
    } catch (error) {
      if (!(error instanceof RotationError)) this.#dependencies.log.bug(error);
      return withhold(texts);
    }
  }

  /** The id of the AWSPREVIOUS version; `undefined` if there is none, or if it cannot be read. Never rejects. */
  async previousVersionId(secretId: string, current?: SecretVersion): Promise<string | undefined> {
    const previous = await this.#previousOf(secretId, current).catch(() => undefined);
    return previous?.versionId;
  }

  #previousOf(secretId: string, current?: SecretVersion): Promise<SecretVersion | undefined> {
    const reading = this.#previous.get(secretId) ?? this.#read(secretId, current?.createdAt);
    this.#previous.set(secretId, reading);
    return reading;
  }

  /** Secrets Manager may show no AWSPREVIOUS for a moment after the current version was created. */
  async #read(secretId: string, createdAt = 0): Promise<SecretVersion | undefined> {
    const { secrets, redactor, clock } = this.#dependencies;
    for (;;) {
      const version = await secrets.read(secretId, { stage: "AWSPREVIOUS" });
      if (version !== undefined) redactor.add(version.value);
      if (version !== undefined || clock.now() >= createdAt + VISIBLE_WITHIN_MS) return version;
      await clock.sleep(READ_AGAIN_MS);
    }
  }

  /** Short credentials and common words are removed only if they are sent, which the connection decides. */
  #addCredentials(connection: Connection, { value }: SecretVersion): void {
    try {
      for (const secret of buildCredentials(connection, value).secrets)
        this.#dependencies.redactor.add(secret);
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
