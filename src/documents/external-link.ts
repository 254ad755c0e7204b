import { isPrivateHost, pageAddress } from "../domain/address.ts";
import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Site } from "../domain/site.ts";
import { webUrl } from "../markdown/urls.ts";
import { asFlatList, asLine, type Field, type Fields } from "./front-matter.ts";

const hostWithoutWww = (url: string): string => new URL(url).hostname.replace(/^www\./, "");

/** False for the post's own page, or another page of the site: `link` is the permalink in some themes. */
const isElsewhere = (url: string, page: string, site: Pick<Site, "url">): boolean =>
  ![page, site.url].map(hostWithoutWww).includes(hostWithoutWww(url));

/** Importers write the old address of a page as its `link`, which is on the former domain of the blog. */
const isFormerPage = ({ key }: Field, url: string, page: string): boolean => {
  const path = (one: string) => pageAddress(one, { url: new URL(one).origin });
  return isLinkKey(key) && path(url) !== "" && path(url) === path(page);
};

const isLinkKey = (key: string): boolean => /(?:^|\.)link$/i.test(key);

const readUrl = ({ value }: Field): string | undefined => {
  const [first] = asFlatList(value);
  return isRecord(first) ? (asLine(first.url) ?? asLine(first.href)) : asLine(first);
};

/** Returns the page elsewhere that a link post is about. Undefined for an ordinary post. */
const externalLink = (
  text: string,
  page: string,
  site: Pick<Site, "url">,
): { readonly url: string } | { readonly problem: string } | undefined => {
  const url = /^https?:\/\//i.test(text) ? webUrl(text, page) : undefined;
  if (url === undefined) return { problem: "is not an absolute http(s) address" };
  if (!isElsewhere(url, page, site)) return undefined;
  return isPrivateHost(new URL(url).hostname) ? { problem: "is an address that no reader can reach" } : { url };
};

/** A theme's `link` may be a path, a name or a flag. */
const isOtherLink = ({ key }: Field, text: string): boolean => isLinkKey(key) && !/^https?:\/\//i.test(text);

/** Reads the page elsewhere that a document is about: `external_url`, `link`. */
export const readExternal = (
  fields: Fields,
  page: string,
  site: Site,
  found: Findings,
): { readonly external?: string } => {
  for (const field of fields("external")) {
    const text = readUrl(field);
    if (text === undefined || isOtherLink(field, text)) continue;
    const link = externalLink(text, page, site);
    if (link === undefined) continue;
    if ("problem" in link) {
      found.warn(
        "external-dropped",
        field.key,
        `\`${field.key}\` ${link.problem}: "${text.slice(0, 80)}" was left out, and the post is not a link post.`,
      );
      continue;
    }
    if (isFormerPage(field, link.url, page)) continue;
    found.readFrom("external", field.key);
    return { external: link.url };
  }
  return {};
};
