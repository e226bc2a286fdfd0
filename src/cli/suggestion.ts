import { distance } from "fastest-levenshtein";

/** `Did you mean "rotate"?` if a candidate is similar, otherwise the list of candidates. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const closest = candidates
    .map((candidate) => ({
      candidate,
      letters: candidate.startsWith(word) ? 0 : distance(word, candidate),
    }))
    .toSorted((a, b) => a.letters - b.letters)[0];
  const isSimilar = closest !== undefined && closest.letters <= Math.max(1, Math.floor(word.length / 3));
  return isSimilar ? `Did you mean "${closest.candidate}"?` : `Available: ${candidates.join(", ")}.`;
}
