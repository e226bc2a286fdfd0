import { distance } from "fastest-levenshtein";

/** `Did you mean "rollout"?` if a candidate is similar, otherwise nothing. `before` precedes the sentence. */
export function didYouMean(word: string, candidates: readonly string[], before = ""): string {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, letters: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.letters - b.letters);
  if (nearest === undefined || nearest.letters > Math.max(1, Math.floor(word.length / 3))) return "";
  return `${before}Did you mean "${nearest.candidate}"?`;
}
