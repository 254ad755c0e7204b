import { decodePercent } from "./decode-percent.ts";
import type { PostContent } from "./post.ts";
import type { Reason } from "./refusal.ts";
import type { Site } from "./site.ts";

type Page = Pick<PostContent, "slug" | "url">;

/** `/a/`, `/a`, `/a/index.html` and `/a.html` are one page. */
const trimPath = (path: string): string =>
  decodePercent(path)
    .normalize("NFC")
    .replaceAll(/^\/+|(?<!\/)\/+$/g, "")
    .replace(/(?:(?:^|\/)index)?\.html?$/i, "");

/** The part of a query that may choose a page (`?p=12`): what tells where a reader came from does not. */
const queryOf = ({ searchParams }: URL): string => {
  const kept = [...searchParams].filter(([key]) => !/^utm_/i.test(key));
  return kept.length === 0 ? "" : `?${new URLSearchParams(kept)}`;
};

const fragmentOf = (hash: string): string => (hash.length < 2 ? "" : decodePercent(hash).normalize("NFC"));

const hostOf = ({ host }: URL): string => host.replace(/^www\./, "");

/**
 * What is unique about a post: the path of its page below the site's URL, without the slashes around it. `/path` is
 * elsewhere on the site's host, `//host/path` on another one. The scheme and `www.` do not matter.
 */
export const addressOf = (pageUrl: string, site: Pick<Site, "url">): string => {
  const [url, base] = [new URL(pageUrl), new URL(site.url)];
  const page = trimPath(url.pathname) + queryOf(url) + fragmentOf(url.hash);
  if (hostOf(url) !== hostOf(base)) return `//${hostOf(url)}/${page}`;
  const folder = trimPath(base.pathname);
  if (folder === "") return page;
  return page === folder || page.startsWith(`${folder}/`) ? page.slice(folder.length + 1) : `/${page}`;
};

/** What a person types to name a post, as an address. */
export const addressOfName = (name: string, site: Pick<Site, "url">): string => {
  if (/^https?:\/\//i.test(name) && URL.canParse(name)) return addressOf(name, site);
  const [path = "", fragment] = name.split(/(?=#)(.*)/s);
  return trimPath(path) + fragmentOf(fragment ?? "");
};

/** Of an address or a URL: the page that a part is on. */
export const withoutFragment = (address: string): string => address.split("#", 1)[0] ?? "";

/**
 * True where the permalink is only the slug: the slug is then as unique as the address. A language in the slug may come
 * before the permalink, and the permalink may begin with the path of the site's URL.
 */
export const isMadeOfSlug = ({ slug, url }: Page, site: Pick<Site, "url" | "permalink">): boolean => {
  const fill = (name: string): string => site.permalink.replace(":slug", () => name);
  const [, language, name] = /^([^/]+)\/(.+)$/.exec(slug) ?? [];
  const paths = [fill(slug), ...(name === undefined ? [] : [`/${language}${fill(name)}`])];
  const address = addressOf(url, site);
  return paths
    .flatMap((path) => [`.${path}`, path])
    .some((path) => addressOf(new URL(path, site.url).href, site) === address);
};

/** What names a post in the API and on the command line: the path of its address, or its URL on another host. */
export const pathOf = ({ address, url }: { readonly address: string; readonly url: string }): string =>
  address.startsWith("//") ? url : address;

/** Why a document is refused: its address or guid belongs to another one, which `holder` names. */
export const addressTaken = (url: string, holder: string): Reason => ({
  code: "address-taken",
  message: `the address ${url} belongs to ${holder}: give this document a slug, a permalink or a canonical URL of its own`,
});

export const guidTaken = (guid: string, holder: string): Reason => ({
  code: "guid-taken",
  field: "guid",
  message: `the guid "${guid}" belongs to ${holder}: give this document a guid of its own`,
});

/** True where the document is accepted as soon as the other one is gone. */
export const isTaken = ({ code }: Reason): boolean => code === "address-taken" || code === "guid-taken";
