import type { Clock } from "../rotation/clock.ts";
import { type Connection, qualifiedName } from "../rotation/connection.ts";
import type { Progress } from "../rotation/dependencies.ts";
import { outcomeStyle, phaseStyle, type StatusRow, StatusTable } from "../terminal/status-table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { SilentHosts } from "./silent-hosts.ts";

const FRAME_MS = 100;

interface Entry {
  readonly row: StatusRow;
  /** Milliseconds since the epoch. */
  readonly putAt?: number;
  readonly isDone?: boolean;
}

/** Shows the progress of a run. */
export class ProgressView {
  readonly #clock: Clock;
  readonly #terminal: Terminal;
  readonly #table: StatusTable;
  readonly #entries: Map<Connection, Entry>;
  readonly #timer: NodeJS.Timeout;
  readonly #hosts: SilentHosts;

  constructor(terminal: Terminal, clock: Clock, connections: readonly Connection[]) {
    this.#clock = clock;
    this.#terminal = terminal;
    this.#table = new StatusTable(terminal);
    this.#entries = new Map(
      connections.map((connection) => [connection, { row: rowOf(connection, "waiting", "dim") }]),
    );
    this.#hosts = new SilentHosts(clock.now);
    this.#timer = setInterval(() => this.#show(), FRAME_MS);
  }

  readonly progress = (progress: Progress): void => {
    const { connection } = progress;
    const before = this.#entries.get(connection);
    const putAt = before?.putAt ?? this.#clock.now();
    if (progress.step === "put") this.#update(connection, { row: rowOf(connection, "put", "yellow"), putAt });
    if (progress.step === "seen") {
      const phase = progress.phase || "no phase";
      this.#update(connection, { row: rowOf(connection, phase, phaseStyle(progress.phase)), putAt });
    }
    if (progress.step === "done") {
      const { outcome, errorClass, durationMs } = progress.outcome;
      const text = errorClass === undefined ? outcome : `${outcome}, ${errorClass}`;
      const row = rowOf(connection, text, outcomeStyle(outcome));
      this.#update(connection, { row: durationMs > 0 ? { ...row, timeMs: durationMs } : row, isDone: true });
    }
  };

  /** The connections that received a key and have no verdict yet. */
  unverified(): string[] {
    const open = [...this.#entries].filter(([, { putAt, isDone }]) => putAt !== undefined && !isDone);
    return open.map(([connection, { row }]) => `${qualifiedName(connection)} (${row.phase})`);
  }

  /** Removes the table; the report replaces it. */
  end(): void {
    clearInterval(this.#timer);
    this.#hosts.end();
    this.#terminal.clear();
  }

  #update(connection: Connection, entry: Entry): void {
    this.#entries.set(connection, entry);
    if (!this.#terminal.isLive) this.#show();
  }

  #show(): void {
    const now = this.#clock.now();
    const rows = [...this.#entries.values()].map(({ row, putAt }) =>
      putAt === undefined ? row : { ...row, timeMs: now - putAt },
    );
    this.#table.show(rows, this.#hosts.text());
  }
}

function rowOf({ environment, name, type }: Connection, phase: string, style: StatusRow["style"]): StatusRow {
  return { environment, name, type, phase, style };
}
