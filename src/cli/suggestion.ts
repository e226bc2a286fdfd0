/** `Did you mean "rotate"?` if a candidate is similar, otherwise the list of candidates. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const closest = candidates
    .map((candidate) => ({
      candidate,
      distance: candidate.startsWith(word) ? 0 : editDistance(word, candidate),
    }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  const isSimilar = closest !== undefined && closest.distance <= Math.max(1, Math.floor(word.length / 3));
  return isSimilar ? `Did you mean "${closest.candidate}"?` : `Available: ${candidates.join(", ")}.`;
}

/** The Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const [left = 0, above = 0, diagonal = 0] = [next[j], row[j + 1], row[j]];
      next.push(Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
