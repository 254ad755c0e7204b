/** How many letters differ between two words (Levenshtein distance). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};

/** "did you mean …?" with the most similar known word, or all known words where none is similar. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const similar = known
    .map((candidate) => ({ candidate, difference: distance(word.slice(0, 40), candidate) }))
    .filter(({ difference }) => difference <= 2 && difference <= word.length / 2)
    .toSorted((a, b) => a.difference - b.difference)[0];
  return similar === undefined ? `use ${known.join(", ")}` : `did you mean ${JSON.stringify(similar.candidate)}?`;
};
