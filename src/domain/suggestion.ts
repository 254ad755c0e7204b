/** How many letters differ between two words; two that changed places count once (optimal string alignment). */
const distance = (from: string, to: string): number => {
  const letters = [...from];
  let above: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of letters.entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1);
      const isSwapped = at > 1 && index > 0 && to[at - 2] === letter && to[at - 1] === letters[index - 1];
      const swapped = isSwapped ? (above[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    above = row;
    row = next;
  }
  return row[to.length] ?? 0;
};

/** The known word that is most similar, with at most so many different letters. */
export const similarWord = (word: string, known: readonly string[], most: number): string | undefined =>
  known
    .map((candidate) => ({ candidate, difference: distance(word.slice(0, 40), candidate) }))
    .filter(({ difference }) => difference <= most)
    .toSorted((a, b) => a.difference - b.difference)[0]?.candidate;

/** "did you mean …?" with the most similar known word, or all known words where none is similar. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const similar = similarWord(word, known, Math.min(2, word.length / 2));
  return similar === undefined ? `use ${known.join(", ")}` : `did you mean ${JSON.stringify(similar)}?`;
};
