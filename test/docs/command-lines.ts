const GENERATED = /<!-- generated: [^>]*-->[\s\S]*?<!-- end: [^>]*-->/g;
const SHELL_BLOCK = /^```sh\n([\s\S]*?)^```$/gm;
const PROGRAM = /^(?:\$ )?(?:npx \.|flink-connection-rotator) ([a-z][\s\S]*)$/;

/** The command lines in a document's shell blocks and inline code; the reference of docs/cli.md is tested with the help. */
export function commandLinesOf(markdown: string): string[] {
  const text = markdown.replaceAll(GENERATED, "");
  const blocks = [...text.matchAll(SHELL_BLOCK)].flatMap(([, block = ""]) => block.split("\n"));
  const inline = [...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map(
    ([, code = ""]) => code,
  );
  const lines = [...blocks, ...inline].flatMap((each) => PROGRAM.exec(each.trim())?.[1] ?? []);
  return [...new Set(lines.map(withoutShell))];
}

/** The npm scripts in a document. */
export function npmScriptsOf(markdown: string): string[] {
  return [...markdown.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, name = ""]) => name);
}

/** Without comments, redirections and the rest of a pipe. */
function withoutShell(line: string): string {
  return line
    .replace(/\s+#.*$/, "")
    .replace(/\s+[>|].*$/, "")
    .trim();
}
