import { type Reason, similarWord } from "./findings.ts";
import type { PostContent } from "./post.ts";
import type { Site } from "./site.ts";

type Page = Pick<PostContent, "slug" | "url">;

/** `/a/`, `/a`, `/a/index.html` and `/a.html` are one page. */
const trimPath = (path: string): string =>
  decodePercent(path)
    .normalize("NFC")
    .replaceAll(/^\/+|(?<!\/)\/+$/g, "")
    .replace(/(?:(?:^|\/)index)?\.html?$/i, "");

/** Returns the part of a query that may select a page (`?p=12`). Tracking parameters never do. */
const pageQuery = ({ searchParams }: URL): string => {
  const kept = [...searchParams].filter(([key]) => !/^utm_/i.test(key));
  return kept.length === 0 ? "" : `?${new URLSearchParams(kept)}`;
};

const decodeFragment = (hash: string): string => (hash.length < 2 ? "" : decodePercent(hash).normalize("NFC"));

export const hostWithoutWww = (url: string | URL): string => new URL(url).host.replace(/^www\./, "");

/**
 * Returns the unique address of a post: the path of its page below the site's URL, without the slashes around it.
 * `/path` is elsewhere on the site's host, `//host/path` on another one. The scheme and `www.` are ignored.
 */
export const pageAddress = (pageUrl: string, site: Pick<Site, "url">): string => {
  const [url, base] = [new URL(pageUrl), new URL(site.url)];
  const page = trimPath(url.pathname) + pageQuery(url) + decodeFragment(url.hash);
  if (hostWithoutWww(url) !== hostWithoutWww(base)) return `//${hostWithoutWww(url)}/${page}`;
  const folder = trimPath(base.pathname);
  if (folder === "") return page;
  return page === folder || page.startsWith(`${folder}/`) ? page.slice(folder.length + 1) : `/${page}`;
};

/** Returns the address of the post that a person named by a path or a URL. */
export const parseAddress = (name: string, site: Pick<Site, "url">): string => {
  if (/^https?:\/\//i.test(name) && URL.parse(name) !== null) return pageAddress(name, site);
  const [path = "", fragment] = name.split(/(?=#)(.*)/s);
  return trimPath(path) + decodeFragment(fragment ?? "");
};

/** Removes the fragment from an address or a URL, which leaves the page. */
export const withoutFragment = (address: string): string => address.split("#", 1)[0] ?? "";

/**
 * True where the permalink is only the slug: the slug is then as unique as the address. A language in the slug may come
 * before the permalink, and the permalink may begin with the path of the site's URL.
 */
export const isMadeOfSlug = ({ slug, url }: Page, site: Pick<Site, "url" | "permalink">): boolean => {
  const fill = (name: string): string => site.permalink.replace(":slug", () => name);
  const [, language, name] = /^([^/]+)\/(.+)$/.exec(slug) ?? [];
  const paths = [fill(slug), ...(name === undefined ? [] : [`/${language}${fill(name)}`])];
  const address = pageAddress(url, site);
  return paths
    .flatMap((path) => [`.${path}`, path])
    .some((path) => pageAddress(new URL(path, site.url).href, site) === address);
};

/**
 * Returns the name of a post in the API and on the command line: the path of its address, or its URL if that is on
 * another host.
 */
export const postPath = ({ address, url }: { readonly address: string; readonly url: string }): string =>
  address.startsWith("//") ? url : address;

/** The reason to refuse a document whose address belongs to another one, which `holder` names. */
export const addressTaken = (url: string, holder: string): Reason => ({
  code: "address-taken",
  message: `the address ${url} belongs to ${holder}: give this document a slug, a permalink or a canonical URL of its own`,
});

export const guidTaken = (guid: string, holder: string): Reason => ({
  code: "guid-taken",
  field: "guid",
  message: `the guid "${guid}" belongs to ${holder}: give this document a guid of its own`,
});

/** True if the document is accepted as soon as the other one is deleted. */
export const isTaken = ({ code }: Reason): boolean => code === "address-taken" || code === "guid-taken";

/**
 * The tokens of a permalink. Each has one meaning, although generators differ: docs/addresses.md compares them. All
 * except the dates and `lang` are empty or name the post.
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

export type PermalinkValues = Readonly<Record<PermalinkToken, string>> & {
  /** The values of the document's own keys that can be a segment of an address, by `keyOfToken`. */
  readonly keys: ReadonlyMap<string, string>;
};

/**
 * A site's permalink must have one of these or a key of the documents: otherwise all posts of a day or a folder would
 * share one address.
 */
const namingTokens: readonly PermalinkToken[] = ["slug", "title", "post_title", "filename", "path"];

const dateTokens: readonly PermalinkToken[] = ["year", "month", "i_month", "day", "i_day"];

/** Matches a token. `:year_:month` is read as `:year`, `_`, `:month`. */
const token = /:([a-z]+(?:_[a-z]+)*)/gi;

const isToken = (name: string): name is PermalinkToken => permalinkTokens.some((known) => known === name);

const tokensIn = (permalink: string): readonly string[] => [...permalink.matchAll(token)].map(([, name = ""]) => name);

/** Returns the tokens that stand for keys of the documents (`abbrlink`), without their colon. */
export const keyTokens = (permalink: string): readonly string[] => tokensIn(permalink).filter((name) => !isToken(name));

/** Returns the token that was probably meant: a key that differs from one in a letter is taken for a mistake. */
export const meantToken = (name: string): string | undefined => similarWord(name, permalinkTokens, 1);

/** Keys of front matter are compared without case, `_` and `-`. */
export const keyOfToken = (name: string): string => name.toLowerCase().replaceAll("_", "");

export const namesThePost = (permalink: string): boolean =>
  tokensIn(permalink).some((name) => !isToken(name) || namingTokens.some((naming) => naming === name));

export const needsDate = (permalink: string): boolean =>
  tokensIn(permalink).some((name) => dateTokens.some((date) => date === name));

export const hasLanguage = (permalink: string): boolean => tokensIn(permalink).includes("lang");

/**
 * Returns a path with percent-encoded values. An empty value leaves no empty segment, and `..` is removed. A token for a
 * key without a value stays.
 */
export const fillPermalink = (permalink: string, values: PermalinkValues): string =>
  permalink
    .replaceAll(token, (whole, name: string) => {
      const value = isToken(name) ? values[name] : values.keys.get(keyOfToken(name));
      return value?.split("/").map(encodeURIComponent).join("/") ?? whole;
    })
    .replaceAll(/\/\.{1,2}(?=\/|$)/g, "/")
    .replaceAll(/\/{2,}/g, "/");

/** Decodes percent-encoding. A text that is not encoded correctly is returned unchanged. */
export const decodePercent = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The IPv4 addresses of private networks, of this machine and of links, as `URL` writes them. */
const privateIpv4 =
  /^(?:0|10|127)\.[\d.]+$|^192\.168\.[\d.]+$|^169\.254\.[\d.]+$|^172\.(?:1[6-9]|2\d|3[01])\.[\d.]+$|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.[\d.]+$/;

/**
 * True for a host that readers cannot reach: a name without a dot or of a local network, or an address that is not
 * public. Global IPv6 addresses begin with 2 or 3.
 */
export const isPrivateHost = (hostname: string): boolean =>
  hostname.startsWith("[")
    ? !/^\[[23]/.test(hostname)
    : !hostname.includes(".") ||
      /\.(?:localhost|local|internal|lan|home\.arpa)$/.test(hostname) ||
      privateIpv4.test(hostname);
