import { Terminal } from "../../src/terminal/terminal.ts";

export interface FakeTerminal {
  readonly terminal: Terminal;
  /** Everything that was written. */
  readonly written: () => string;
}

/** A terminal, live and with colours unless told otherwise, that keeps what is written to it. */
export function fakeTerminal({
  isTTY = true,
  rows = 40,
  env = {},
}: {
  isTTY?: boolean;
  rows?: number;
  env?: Readonly<Record<string, string>>;
} = {}): FakeTerminal {
  let written = "";
  const write = (text: string) => {
    written += text;
  };
  return {
    terminal: new Terminal({ isTTY, rows, getColorDepth: () => 8, write }, env),
    written: () => written,
  };
}
