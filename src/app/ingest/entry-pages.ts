import { withoutFragment } from "../../domain/address.ts";
import type { PolledEntry, WindowEntry } from "../../domain/polled-feed.ts";

/** A script of such a site shows another page for each (`#/posts/a`, `#!a`). */
const isRoute = (url: string): boolean => /#[/!]/.test(url);

/**
 * The entries with the addresses of their pages. A fragment belongs to the address where it tells entries apart: a page of
 * release notes has an entry for each of its parts. Elsewhere it marks a place, or where readers come from.
 */
export const withOwnPages = (
  entries: readonly PolledEntry[],
  window: readonly WindowEntry[],
): readonly PolledEntry[] => {
  const split = new Set(window.flatMap(({ path }) => (path.includes("#") ? [withoutFragment(path)] : [])));
  const pages = Map.groupBy(entries, ({ url }) => url && withoutFragment(url));
  // Most pages have one address, however many entries name it.
  const parted = new Map([...pages].filter(([, those]) => new Set(those.map(({ url }) => url)).size > 1));
  const isPart = ({ url, guid }: PolledEntry): boolean =>
    url !== undefined &&
    (isRoute(url) ||
      split.has(withoutFragment(url)) ||
      (parted.get(withoutFragment(url)) ?? []).some((other) => other.url !== url && other.guid !== guid));
  return entries.map((entry) =>
    entry.url === undefined || isPart(entry) ? entry : { ...entry, url: withoutFragment(entry.url) },
  );
};
