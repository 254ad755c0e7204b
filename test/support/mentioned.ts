import extractEntitiesWithIndices from "twitter-text/dist/extractEntitiesWithIndices.js";

/** The people that a text mentions on X, which counts no mention within a link. */
export const mentionedOnX = (text: string): readonly string[] =>
  extractEntitiesWithIndices(text).flatMap(({ screenName }) => screenName ?? []);

/** Mastodon's `Account::MENTION_RE`, with the links of a text left out. */
const onMastodon = /(?<![=/\p{L}\p{M}\p{N}\p{Pc}])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)/giu;

export const mentionedOnMastodon = (text: string): readonly string[] =>
  [...text.replaceAll(/https?:\/\/\S+/g, " ").matchAll(onMastodon)].map(([, name = ""]) => name);
