export interface Link {
  /** As written, such as `../README.md#status`. */
  readonly target: string;
  readonly line: number;
}

/** The links and images of a document, except in code. */
export function linksOf(markdown: string): readonly Link[] {
  return linesOutsideCode(markdown).flatMap(({ text, line }) =>
    [...text.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({
      target,
      line,
    })),
  );
}

/** The anchors that GitHub gives to the headings of a document. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = linesOutsideCode(markdown).flatMap(({ text }) => /^#{1,6}\s+(.*)$/.exec(text)?.[1] ?? []);
  return new Set(
    headings.map((heading) => {
      const slug = slugOf(heading);
      const repeats = seen.get(slug) ?? 0;
      seen.set(slug, repeats + 1);
      return repeats === 0 ? slug : `${slug}-${repeats}`;
    }),
  );
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

function linesOutsideCode(markdown: string): readonly { readonly text: string; readonly line: number }[] {
  let fence: string | undefined;
  return markdown.split("\n").flatMap((text, index) => {
    const mark = /^\s*(```+|~~~+)/.exec(text)?.[1];
    if (mark === undefined) return fence === undefined ? [{ text, line: index + 1 }] : [];
    if (fence === undefined) fence = mark;
    else if (mark.startsWith(fence)) fence = undefined;
    return [];
  });
}

/** The fenced blocks of a language. */
export function codeBlocksOf(markdown: string, language: string): readonly string[] {
  const blocks = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, name, code = ""]) => (name === language ? [code] : []));
}
