import { distance } from "fastest-levenshtein";
import { firstNames } from "../rotation/wording.ts";

const MAX_NAMED = 12;

/** `Did you mean "rotate"?` if a candidate is similar, otherwise the list of candidates. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const closest = candidates
    .map((candidate) => ({
      candidate,
      letters: candidate.startsWith(word) ? 0 : distance(word, candidate),
    }))
    .toSorted((a, b) => a.letters - b.letters)[0];
  const isSimilar = closest !== undefined && closest.letters <= Math.max(1, Math.floor(word.length / 3));
  if (isSimilar) return `Did you mean "${closest.candidate}"?`;
  return `Available: ${firstNames(candidates, MAX_NAMED)}.`;
}
