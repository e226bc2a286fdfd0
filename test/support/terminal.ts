import { Terminal } from "../../src/terminal/terminal.ts";

export interface FakeTerminal {
  readonly terminal: Terminal;
  /** Returns everything that was written. */
  readonly written: () => string;
}

/** Records what is written. By default a terminal with colours. */
export function fakeTerminal({
  isTTY = true,
  rows = 40,
  columns = 100,
  env = {},
}: {
  isTTY?: boolean;
  rows?: number;
  columns?: number;
  env?: Readonly<Record<string, string>>;
} = {}): FakeTerminal {
  let written = "";
  const write = (text: string) => {
    written += text;
  };
  return {
    terminal: new Terminal({ isTTY, rows, columns, getColorDepth: () => 8, write }, env),
    written: () => written,
  };
}
