/** FNV-1a. */
const hash = (text: string): number =>
  [...text].reduce((state, character) => Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619), 2166136261);

/** mulberry32: numbers from 0 to 1, the same for the same text. */
export const seededRandom = (text: string): (() => number) => {
  let state = hash(text);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};
