/**
 * What a permalink can hold besides plain text. One meaning each, where generators differ: docs/addresses.md compares them.
 * All but the dates and `lang` are empty or name the post.
 */
export const permalinkTokens = [
  "year",
  "month",
  "i_month",
  "day",
  "i_day",
  "slug",
  "title",
  "post_title",
  "filename",
  "path",
  "section",
  "sections",
  "categories",
  "lang",
] as const;

export type PermalinkToken = (typeof permalinkTokens)[number];

export type PermalinkValues = Readonly<Record<PermalinkToken, string>>;

/** A site's permalink has one of them: without it, all posts of a day or a folder would have one address. */
const namingTokens: readonly PermalinkToken[] = ["slug", "title", "post_title", "filename", "path"];

const dateTokens: readonly PermalinkToken[] = ["year", "month", "i_month", "day", "i_day"];

/** `:year_:month` is `:year`, `_`, `:month`. */
const token = /:([a-z]+(?:_[a-z]+)*)/gi;

const isToken = (name: string): name is PermalinkToken => permalinkTokens.some((known) => known === name);

const tokensIn = (permalink: string): readonly string[] => [...permalink.matchAll(token)].map(([, name = ""]) => name);

/** Without the colon. */
export const unknownTokens = (permalink: string): readonly string[] =>
  tokensIn(permalink).filter((name) => !isToken(name));

export const namesThePost = (permalink: string): boolean =>
  tokensIn(permalink).some((name) => namingTokens.some((naming) => naming === name));

export const needsDate = (permalink: string): boolean =>
  tokensIn(permalink).some((name) => dateTokens.some((date) => date === name));

export const hasLanguage = (permalink: string): boolean => tokensIn(permalink).includes("lang");

/** A path whose tokens are percent-encoded. An empty value leaves no empty segment, and `..` leads nowhere. */
export const fillPermalink = (permalink: string, values: PermalinkValues): string =>
  permalink
    .replaceAll(token, (whole, name: string) =>
      isToken(name) ? values[name].split("/").map(encodeURIComponent).join("/") : whole,
    )
    .replaceAll(/\/\.{1,2}(?=\/|$)/g, "/")
    .replaceAll(/\/{2,}/g, "/");
