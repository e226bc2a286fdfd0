import type { RotationSettings, SecretVersion, VersionSelector } from "../../src/rotation/dependencies.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { TextResolver } from "../../src/rotation/text-resolver.ts";
import { connection, NOW, secretVersion } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";

export const PREVIOUS = secretVersion({ versionId: "v1", value: new Secret("sk-previous-0123456789") });
export const CURRENT = secretVersion({ versionId: "v2", value: new Secret("sk-current-0123456789") });
export const CONNECTION = connection({ secret: "openai" });

interface ResolverOptions {
  readonly runMs?: number;
  readonly closed?: AbortSignal;
  readonly settings?: RotationSettings;
}

export function resolverOf(
  read: (selector: VersionSelector) => Promise<SecretVersion | undefined>,
  { runMs = 60_000, closed, settings }: ResolverOptions = {},
) {
  const reads: unknown[] = [];
  const bugs: unknown[] = [];
  const secrets = {
    read: (...args: [secretId: string, selector: VersionSelector]) => {
      reads.push(args);
      return read(args[1]);
    },
    moveLabel: async () => undefined,
    lastChangedAt: async () => undefined,
  };
  const log = { bug: (error: unknown) => bugs.push(error), note: () => undefined };
  const redactor = new Redactor();
  redactor.add(CURRENT.value);
  const clock = new FakeClock(NOW);
  const dependencies = {
    secrets,
    redactor,
    log,
    clock,
    deadlineAt: NOW + runMs,
    ...(settings && { settings }),
  };
  return { texts: new TextResolver(dependencies, closed), reads, bugs, clock };
}

export const withPrevious = () => resolverOf(async () => PREVIOUS);
