/** Scripts whose text follows an address without a space. Korean has spaces, but not before its particles. */
export const unspaced = String.raw`[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]`;

const fullWidthPunctuation = "[、。！，．：；？（）［］｛｝｟｠｡｢｣､〈-】〔-〟]";

/**
 * Where an address in a text ends although no space follows. RFC 3986 has ASCII alone, and twitter-text ends a path before
 * any of these scripts; but people paste addresses that their browser has decoded, and half of
 * https://ja.wikipedia.org/wiki/日本 is another page. So it ends:
 * - before full-width punctuation;
 * - before a character of these scripts directly behind a letter, a digit or a bracket of ASCII: a decoded name begins
 *   behind `/`, `=`, `#`, `_` or `-`. A name that has both, such as `/C言語`, is cut, as on X;
 * - before hiragana behind the last slash, which are mostly a particle (`https://blog.example.com/a/を…`).
 * Any other text behind a slash is taken for a part of the address, as Bluesky's own app takes all up to a space.
 */
const linkEnd = String.raw`(?:${fullWidthPunctuation}|(?<=[a-z\d)])${unspaced}|(?<=[^/]/)\p{sc=Hira}(?![\p{L}\p{M}\p{N}_-]*/))`;

/** An address with a scheme, with the punctuation behind it. */
export const addressInText = new RegExp(String.raw`https?://(?:(?!${linkEnd})[^\s<>"“”])+`, "giu");

const followsAtOnce = new RegExp(`${fullWidthPunctuation}|${unspaced}`, "uy");

/** What follows an address without a space. */
const isFollowed = (text: string, end: number): boolean => {
  followsAtOnce.lastIndex = end;
  return followsAtOnce.test(text);
};

/**
 * The text with a space behind each address that text follows at once: Mastodon, Discord and Telegram would take that into
 * the link. `own`: an address that is known to end.
 */
export const separateLinks = (text: string, own: string): string => {
  const afterOwn = (before: string, after: string): string =>
    `${before}${own}${isFollowed(after, 0) ? " " : ""}${after}`;
  return text
    .split(own)
    .reduce(afterOwn)
    .replaceAll(addressInText, (found, index: number, whole: string) =>
      isFollowed(whole, index + found.length) ? `${found} ` : found,
    );
};

/** The same for a link that is put into a template. */
export const separatePlaceholder = (template: string): string =>
  template.replaceAll(/\{link\}/g, (found, index: number) =>
    isFollowed(template, index + found.length) ? `${found} ` : found,
  );
