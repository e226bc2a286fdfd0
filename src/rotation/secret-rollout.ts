import { Canaries } from "./canary.ts";
import { type Connection, phaseKind } from "./connection.ts";
import { CurrentVersionCheck, SHARED_MS } from "./current-version.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { doubtedUpdates } from "./doubt.ts";
import { type OpenedSessions, sessionOf } from "./environment.ts";
import { OutOfTimeError } from "./errors.ts";
import { HeldKeys } from "./held-keys.ts";
import { type Candidate, KeyCheck } from "./key-check.ts";
import { groupByKey } from "./key-groups.ts";
import { detailsOf, isKeyRefused, type OutcomeDetails, toRotationError } from "./outcome.ts";
import { isDryRun, type SecretGroup } from "./plan.ts";
import { prepareUpdate } from "./prepare.ts";
import { readLabelFacts } from "./propagation-label.ts";
import { rollBack } from "./rollback.ts";
import { type Recorder, SecretOutcomes } from "./secret-outcomes.ts";
import { type UpdateRequest, type UpdateResult, updateConnection } from "./update.ts";
import type { LabelFacts } from "./versions.ts";

/** How many newer versions a run puts if they keep appearing. */
const MAX_SUPERSESSIONS = 3;
const STILL_SUPERSEDED = `Newer versions of the secret kept appearing; this run stopped after ${MAX_SUPERSESSIONS} of them.`;

/** Rolls out one version after another to the connections of one secret, until the newest one is in place. */
export class SecretRollout {
  readonly #context: RunContext;
  readonly #group: SecretGroup;
  readonly #sessions: OpenedSessions;
  readonly #current: CurrentVersionCheck;
  readonly #canaries = new Canaries();
  readonly #heldKeys: HeldKeys;
  readonly #outcomes: SecretOutcomes;
  readonly #updated = new Set<Connection>();
  readonly #unjudged = new Map<UpdateRequest, () => Promise<OutcomeDetails | undefined>>();

  constructor(context: RunContext, group: SecretGroup, sessions: OpenedSessions, recorder: Recorder) {
    this.#context = context;
    this.#group = group;
    this.#sessions = sessions;
    this.#heldKeys = new HeldKeys(sessions);
    this.#current = new CurrentVersionCheck(context, group.secret);
    this.#outcomes = new SecretOutcomes(group, {
      recorder,
      current: this.#current,
      heldKeys: this.#heldKeys,
    });
  }

  /** @param first the version for which the run was started. */
  async rotate(first: SecretVersion): Promise<void> {
    // Another run may have put a newer version after `first` was read and before the connections were.
    let version = (!isDryRun(this.#context.trigger) && (await this.#current.newerThan(first))) || first;
    for (let supersessions = 0; ; supersessions += 1) {
      const newer = await this.#rollOut(version);
      if (newer === undefined) return this.#outcomes.markPropagated(this.#context, version);
      this.#context.log.note("A newer version appeared during the run.", { secret: this.#group.secret });
      if (supersessions === MAX_SUPERSESSIONS)
        return this.#outcomes.markSuperseded(version, STILL_SUPERSEDED);
      this.#outcomes.retractAll();
      version = newer;
    }
  }

  /** @throws SupersededError if a newer version is AWSCURRENT. */
  async #assertCurrent(version: SecretVersion, maxAgeMs?: number): Promise<void> {
    await this.#current.assertCurrent(version, maxAgeMs).finally(() => {
      if (this.#current.isSuperseded(version)) this.#outcomes.retractAll();
    });
  }

  /** @returns the newer version that has become AWSCURRENT, if any. */
  async #rollOut(version: SecretVersion): Promise<SecretVersion | undefined> {
    this.#outcomes.forgetKeys();
    const label = await readLabelFacts(this.#context, this.#group.secret, version);
    const candidates = this.#group.connections.flatMap((connection) =>
      this.#prepare(connection, version, label),
    );
    if (candidates.length === 0) return undefined;
    const requests = await this.#withAcceptedKeys(candidates);
    if (isDryRun(this.#context.trigger)) return undefined;
    this.#unjudged.clear();
    await Promise.all(groupByKey(requests).map((same) => this.#rollOutKey(same, version)));
    const newer = await this.#current.newerThan(version);
    if (newer !== undefined) return newer;
    await this.#readUnjudged();
    return this.#rollBackRefused(requests, version);
  }

  /** Updates the connections that share a key, unless the canary or a newer version speaks against it. */
  async #rollOutKey(requests: readonly UpdateRequest[], version: SecretVersion): Promise<void> {
    const rest = this.#context.settings.canary ? await this.#updateCanaries(requests) : requests;
    if (rest.length === 0) return;
    const maxAgeMs = rest.length < requests.length ? 0 : SHARED_MS;
    if ((await this.#current.newerThan(version, maxAgeMs)) !== undefined) return;
    await Promise.all(rest.map((request) => this.#update(request)));
  }

  /** The update of a connection; none if its outcome is known without one. */
  #prepare(connection: Connection, version: SecretVersion, label: LabelFacts | undefined): Candidate[] {
    const assertCurrent = (maxAgeMs?: number) => this.#assertCurrent(version, maxAgeMs);
    try {
      const session = sessionOf(this.#sessions, connection);
      const isUpdated = this.#updated.has(connection);
      const prepared = prepareUpdate(this.#context, session, { connection, version, label, isUpdated });
      if ("data" in prepared)
        return [{ connection, version, isKeyProven: false, assertCurrent, ...prepared }];
      this.#outcomes.record({ connection, version }, prepared);
    } catch (error) {
      this.#outcomes.record({ connection, version }, detailsOf(toRotationError(this.#context, error)));
    }
    return [];
  }

  /** Asks the providers of the keys, and records the outcome of each connection that must not be updated. */
  async #withAcceptedKeys(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
    const keys = await KeyCheck.of(this.#context, candidates);
    this.#outcomes.recordKeys(keys);
    return keys.accepted;
  }

  /** One connection after another, until one has shown whether the key works. @returns the updates that may follow. */
  async #updateCanaries(requests: readonly UpdateRequest[]): Promise<readonly UpdateRequest[]> {
    const wasSilent = ({ connection }: UpdateRequest): boolean => {
      const before = sessionOf(this.#sessions, connection).firstRead(connection);
      return before !== undefined && phaseKind(before.phase) === "silent";
    };
    const canary = this.#canaries.of(requests);
    let [request, ...others] = canary.order(requests);
    while (request !== undefined) {
      // The providers or the canary before may have taken minutes.
      if ((await this.#current.newerThan(request.version, SHARED_MS)) !== undefined) return [];
      const result = await this.#update(request);
      const decision = canary.decide(request, result, others, wasSilent);
      if (decision.kind === "follow") return others.map((other) => ({ ...other, ...decision.proof }));
      if (decision.kind === "keep") {
        for (const other of others) this.#outcomes.record(other, decision.details);
        return [];
      }
      [request, ...others] = decision.others;
    }
    return [];
  }

  async #update(request: UpdateRequest): Promise<UpdateResult> {
    const { connection } = request;
    let result: UpdateResult;
    try {
      if (this.#context.isStopping())
        throw new OutOfTimeError("The run was stopped before it was this connection's turn.");
      this.#updated.add(connection);
      result = await updateConnection(this.#context, sessionOf(this.#sessions, connection), request);
    } catch (error) {
      result = { details: detailsOf(toRotationError(this.#context, error)), mayHoldVersion: false };
    }
    if (result.mayHoldVersion) this.#heldKeys.markSent(connection);
    if (result.readAgain !== undefined) this.#unjudged.set(request, result.readAgain);
    this.#outcomes.record(request, result.details);
    return result;
  }

  /** Reads each connection again whose READY the service may have revoked. READY stands if no read succeeds. */
  async #readUnjudged(): Promise<void> {
    await Promise.all(
      [...this.#unjudged].map(async ([request, readAgain]) => {
        const details = await readAgain();
        if (details !== undefined) this.#outcomes.record(request, details);
      }),
    );
  }

  /** Puts AWSPREVIOUS back if the key was refused. @returns the newer version that has become AWSCURRENT, if any. */
  async #rollBackRefused(
    requests: readonly Candidate[],
    version: SecretVersion,
  ): Promise<SecretVersion | undefined> {
    const known = requests.flatMap((request) => {
      const details = this.#outcomes.get(request.connection);
      return details === undefined ? [] : [{ request, details }];
    });
    const refused = known.filter(({ details }) => isKeyRefused(details));
    const doubted = doubtedUpdates(known, refused);
    for (const { request, details } of doubted) this.#outcomes.record(request, details);
    if (this.#context.settings.onRejected === "rollback") {
      await Promise.all(
        [...refused, ...doubted].map(async ({ request, details }) => {
          const session = sessionOf(this.#sessions, request.connection);
          this.#outcomes.record(request, await rollBack(this.#context, session, request, details));
        }),
      );
    }
    return this.#unjudged.size > 0 || refused.length > 0 ? this.#current.newerThan(version) : undefined;
  }
}
