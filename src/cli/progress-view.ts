import type { Clock } from "../rotation/clock.ts";
import { type Connection, qualifiedName } from "../rotation/connection.ts";
import type { Progress } from "../rotation/dependencies.ts";
import { type BoardRow, outcomeStyle, phaseStyle, StatusTable } from "../terminal/status-table.ts";
import type { Terminal } from "../terminal/terminal.ts";

const FRAME_MS = 100;

interface Stand {
  readonly row: BoardRow;
  /** Milliseconds since the epoch. */
  readonly putAt?: number;
  readonly isDone?: boolean;
}

/** Shows a run while it is under way. */
export class ProgressView {
  readonly #clock: Clock;
  readonly #terminal: Terminal;
  readonly #board: StatusTable;
  readonly #stands: Map<Connection, Stand>;
  readonly #timer: NodeJS.Timeout;

  constructor(terminal: Terminal, clock: Clock, connections: readonly Connection[]) {
    this.#clock = clock;
    this.#terminal = terminal;
    this.#board = new StatusTable(terminal);
    this.#stands = new Map(
      connections.map((connection) => [connection, { row: rowOf(connection, "waiting", "dim") }]),
    );
    this.#timer = setInterval(() => this.#show(), FRAME_MS);
  }

  readonly progress = (progress: Progress): void => {
    const { connection } = progress;
    const before = this.#stands.get(connection);
    const putAt = before?.putAt ?? this.#clock.now();
    if (progress.step === "put") this.#stand(connection, { row: rowOf(connection, "put", "yellow"), putAt });
    if (progress.step === "seen") {
      const phase = progress.phase || "no phase";
      this.#stand(connection, { row: rowOf(connection, phase, phaseStyle(progress.phase)), putAt });
    }
    if (progress.step === "done") {
      const { outcome, errorClass, durationMs } = progress.outcome;
      const text = errorClass === undefined ? outcome : `${outcome}, ${errorClass}`;
      const row = rowOf(connection, text, outcomeStyle(outcome));
      this.#stand(connection, { row: durationMs > 0 ? { ...row, timeMs: durationMs } : row, isDone: true });
    }
  };

  /** The connections whose key was put and whose verdict is not known yet. */
  underWay(): string[] {
    const open = [...this.#stands].filter(([, { putAt, isDone }]) => putAt !== undefined && !isDone);
    return open.map(([connection, { row }]) => `${qualifiedName(connection)} (${row.phase})`);
  }

  /** The report takes the place of what was shown. */
  end(): void {
    clearInterval(this.#timer);
    this.#terminal.clear();
  }

  #stand(connection: Connection, stand: Stand): void {
    this.#stands.set(connection, stand);
    if (!this.#terminal.isLive) this.#show();
  }

  #show(): void {
    const now = this.#clock.now();
    this.#board.show(
      [...this.#stands.values()].map(({ row, putAt }) =>
        putAt === undefined ? row : { ...row, timeMs: now - putAt },
      ),
    );
  }
}

function rowOf({ environment, name, type }: Connection, phase: string, style: BoardRow["style"]): BoardRow {
  return { environment, name, type, phase, style };
}
