import type { PostContent } from "./post.ts";

/** Exact, specific and niche categories make better hashtags than general ones. */
const tagOrder = ["exact", "specific", "niche", "medium", undefined, "general"];

/** Spells out the signs that change the meaning of a name: `C#` is not C. */
const spellOut = (name: string): string =>
  name
    .replaceAll(/(?<!\p{L})\p{L}(?=[#+])/gu, (letter) => letter.toUpperCase())
    .replaceAll(/(?<=\p{L})#/gu, "Sharp")
    .replaceAll(/(?<=[\p{L}\p{N}+])\+/gu, "Plus")
    .replaceAll(/(?<![\p{L}\p{N}])\.(?=\p{L})/gu, "Dot");

/** Matches articles and prepositions that lose their vowel: `l'IA`, `dell'arte`. */
const elision = /(?<!\p{L})(?:[dl]|qu|un|gl|all|dall|dell|nell|sull)['’](?=\p{L})/giu;

/** Matches signs between letters or in a formula. A name without them is another name. */
const unspeakable = /(?<=\p{L})[&*](?:(?=\p{L})|$)|(?<!\p{L})\p{L}\/\p{L}(?!\p{L})|[\p{Sm}--[+\|~]]/v;

const caseless = /\p{Lo}\p{M}*$/u;
const digit = /\p{N}$/u;

/** Returns `_` between words that a capital letter cannot separate, and between numbers. */
const divider = (before: string, after: string): string => {
  const isDivided = (end: RegExp, start: RegExp) => end.test(before) && start.test(after);
  return isDivided(caseless, /^\p{Lo}/u) || isDivided(digit, /^\p{N}/u) ? "_" : "";
};

const capitalised = (word: string): string =>
  word === word.toLowerCase() ? word.slice(0, 1).toUpperCase() + word.slice(1) : word;

/** Returns the hashtag of a name, empty if no hashtag can be made of it. */
const hashtag = (name: string): string => {
  const normal = name.normalize("NFKC").trim();
  if (unspeakable.test(normal)) return "";
  const words = spellOut(normal)
    .replaceAll(elision, "")
    .replaceAll(/(?<=\p{L})['’](?=\p{L})/gu, "")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== "");
  const joined = words
    .map((word) => (words.length > 1 ? capitalised(word) : word))
    .map((word, at, all) => `${divider(all[at - 1] ?? "", word)}${word}`)
    .join("");
  return /^[\p{N}_]*$/u.test(joined) ? "" : `#${joined}`;
};

/** Writes a tag as the title does: `Llms` becomes `#LLMs` for a post about "LLMs". */
const asInTitle = (tag: string, title: string): string => {
  const words = title.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const isShouted = title === title.toUpperCase();
  const word = words.find((one) => `#${one.toLowerCase()}` === tag.toLowerCase());
  return word === undefined || isShouted || word === word.toLowerCase() ? tag : `#${word}`;
};

/** Returns hashtags with their `#`, the best first. */
export const hashtags = (post: Pick<PostContent, "categories"> & { readonly title?: string }): readonly string[] => {
  const rank = (type: string | undefined) => (tagOrder.indexOf(type) + tagOrder.length) % tagOrder.length;
  const sorted = post.categories.toSorted((a, b) => rank(a.type) - rank(b.type));
  return [
    ...new Map(
      sorted
        .map(({ name }) => hashtag(name))
        .filter((tag) => tag !== "")
        .map((tag) => [tag.toLowerCase(), asInTitle(tag, post.title ?? "")]),
    ).values(),
  ];
};
