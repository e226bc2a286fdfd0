import { type Connection, type ConnectionState, type PhaseKind, phaseKind } from "./connection.ts";
import { buildCredentials, type Credentials } from "./credentials/auth-data.ts";
import type { SecretVersion } from "./dependencies.ts";
import { OutOfTimeError, RotationError } from "./errors.ts";
import type { GroupRun } from "./group-run.ts";
import { detailsOf, type OutcomeDetails } from "./outcome.ts";
import type { SecretGroup } from "./plan.ts";
import { rollBack } from "./rollback.ts";
import { assertMatchesConfig, type UpdateRequest, updateConnection } from "./update.ts";
import { currentVersion } from "./versions.ts";

/** How often a run puts a version that overtook the one it began with. */
const MAX_SUPERSESSIONS = 3;

/** The phases after which the other connections may have the key: it works, or the service never says. */
const CONVINCING: readonly PhaseKind[] = ["usable", "silent"];
const UNSEEN = "unseen";

/** Brings one version after another to the connections of one secret, until the newest is where it should be. */
export class SecretRollout {
  readonly #run: GroupRun;
  readonly #group: SecretGroup;
  readonly #findings = new Map<Connection, OutcomeDetails>();
  readonly #touched = new Set<Connection>();

  constructor(run: GroupRun, group: SecretGroup) {
    this.#run = run;
    this.#group = group;
  }

  /** @param first the version that the run was started for. */
  async rotate(first: SecretVersion): Promise<void> {
    let version = first;
    for (let supersessions = 0; ; supersessions += 1) {
      const newer = await this.#bring(version);
      if (newer === undefined) return this.#markPropagated(version);
      this.#run.context.log.note("A newer version appeared during the run.", { secret: this.#group.secret });
      if (supersessions === MAX_SUPERSESSIONS) return this.#giveUpChasing(version);
      for (const connection of this.#group.connections) this.#run.retract(connection);
      version = newer;
    }
  }

  /** @returns the version that has become AWSCURRENT meanwhile, if any. */
  async #bring(version: SecretVersion): Promise<SecretVersion | undefined> {
    const orders = this.#group.connections.flatMap((connection) => this.#prepare(connection, version));
    if (orders.length === 0) return undefined;
    const rest = this.#run.canary ? await this.#sendCanaries(orders) : orders;
    if (rest.length > 0) {
      const newer = rest.length < orders.length ? await this.#newerThan(version) : undefined;
      if (newer !== undefined) return newer;
      await Promise.all(rest.map((order) => this.#push(order)));
    }
    return (await this.#newerThan(version)) ?? (await this.#rollBack(version));
  }

  /** The order for a connection that is to be put; none where its outcome is clear without. */
  #prepare(connection: Connection, version: SecretVersion): UpdateRequest[] {
    try {
      this.#run.lane(connection);
      const order = { connection, version, ...buildCredentials(connection, version.value) };
      if (this.#touched.has(connection)) return [order];
      const before = assertMatchesConfig(connection, this.#run.sight(connection));
      for (const remark of order.remarks)
        this.#run.context.log.note(remark, { connection: connection.name, secret: connection.secret });
      const clear = this.#clearWithout(order, before);
      if (clear === undefined) return [{ ...order, before }];
      const { phase, detail } = before;
      this.#record(order, { phase, ...(detail !== "" && { detail }), ...clear });
    } catch (error) {
      this.#record({ connection, version }, this.#findingOf(error));
    }
    return [];
  }

  #clearWithout(
    { version, options, remarks }: Omit<Credentials, "data"> & { version: SecretVersion },
    before: ConnectionState,
  ): OutcomeDetails | undefined {
    if (this.#run.dryRun) {
      const message = [`Would send ${options.join(", ")}.`, ...remarks].join(" ");
      return { outcome: "planned", message };
    }
    const { skipPropagated, propagationLabel: label } = this.#run;
    const isInPlace =
      label !== undefined && version.stages.includes(label) && phaseKind(before.phase) === "usable";
    return skipPropagated && isInPlace
      ? { outcome: "skipped", message: "This version is in use already." }
      : undefined;
  }

  /** One connection after another, until one has shown whether the key is good. @returns the orders that may follow. */
  async #sendCanaries(orders: readonly UpdateRequest[]): Promise<readonly UpdateRequest[]> {
    for (const [index, order] of orders.entries()) {
      const details = await this.#push(order);
      const others = orders.slice(index + 1);
      if (details.errorClass === "rejected") {
        const message = `${order.connection.name} went first and was refused this key, so this connection keeps the key it has.`;
        for (const other of others)
          this.#record(other, { outcome: "not-attempted", errorClass: "rejected", message });
        return [];
      }
      if (CONVINCING.includes(phaseKind(details.phase ?? UNSEEN))) return others;
    }
    return [];
  }

  async #push(order: UpdateRequest): Promise<OutcomeDetails> {
    let details: OutcomeDetails;
    try {
      if (this.#run.context.isStopping())
        throw new OutOfTimeError("The run was stopped before it was this connection's turn.");
      this.#touched.add(order.connection);
      details = await updateConnection(this.#run.lane(order.connection), order);
    } catch (error) {
      details = this.#findingOf(error);
    }
    this.#record(order, details);
    return details;
  }

  async #newerThan(version: SecretVersion): Promise<SecretVersion | undefined> {
    const { context } = this.#run;
    if (context.clock.now() >= context.deadlineAt) return undefined;
    try {
      const current = await currentVersion(context, this.#group.secret);
      return current.versionId === version.versionId || current.createdAt < version.createdAt
        ? undefined
        : current;
    } catch (error) {
      const reason = this.#findingOf(error).message ?? "";
      context.log.note("Whether a newer version has appeared could not be read.", {
        secret: this.#group.secret,
        reason,
      });
      return undefined;
    }
  }

  /** Puts AWSPREVIOUS back where the key was refused. @returns the version that has become AWSCURRENT meanwhile, if any. */
  async #rollBack(version: SecretVersion): Promise<SecretVersion | undefined> {
    const refused = [...this.#findings].filter(
      ([, { errorClass, phase }]) => errorClass === "rejected" && phase !== undefined,
    );
    if (!this.#run.rollback || refused.length === 0) return undefined;
    await Promise.all(
      refused.map(async ([connection, refusal]) => {
        const restored = await rollBack(this.#run.lane(connection), {
          connection,
          version,
          refusal,
        }).catch((error: unknown) => ({
          ...refusal,
          message: `${refusal.message} The previous key could not be put back, so it still holds the refused one: ${this.#findingOf(error).message}`,
        }));
        this.#record({ connection, version }, restored);
      }),
    );
    return this.#newerThan(version);
  }

  #giveUpChasing(version: SecretVersion): void {
    const message = `Newer versions of the secret kept appearing; after ${MAX_SUPERSESSIONS} of them this run put no more.`;
    for (const connection of this.#group.connections) {
      const details = this.#findings.get(connection);
      const isOutdated = details === undefined || details.outcome === "ready";
      const superseded = { ...details, outcome: "failed", errorClass: "superseded", message } as const;
      this.#record({ connection, version }, isOutdated ? superseded : details);
    }
  }

  /** Moves the propagation label to the version that every listed connection of the secret is proven to use. */
  async #markPropagated(version: SecretVersion): Promise<void> {
    const { propagationLabel: label, context } = this.#run;
    const isProven = [...this.#findings.values()].every(({ outcome }) => outcome === "ready");
    if (label === undefined || !this.#group.complete || !isProven || version.stages.includes(label)) return;
    try {
      const holder = await context.secrets.read(this.#group.secret, { stage: label });
      const from = holder && { from: holder.versionId };
      await context.secrets.moveLabel(this.#group.secret, label, { to: version.versionId, ...from });
    } catch (error) {
      const detail = `The key is in use, but the label ${label} could not be moved to its version: ${this.#findingOf(error).message}`;
      for (const [connection, details] of this.#findings)
        this.#record({ connection, version }, { ...details, detail });
    }
  }

  #record(
    { connection, version }: Pick<UpdateRequest, "connection" | "version">,
    details: OutcomeDetails,
  ): void {
    const full = { secretVersionId: version.versionId, ...details };
    this.#findings.set(connection, full);
    this.#run.record(connection, full, version);
  }

  #findingOf(error: unknown): OutcomeDetails {
    if (error instanceof RotationError) return detailsOf(error);
    this.#run.context.log.bug(error);
    return {
      outcome: "failed",
      errorClass: "internal",
      message: "The rotator met an error that it does not know.",
    };
  }
}
