import { addressTaken, pageAddress } from "../domain/address.ts";
import type { SiteCommand } from "../domain/delivery-commands.ts";
import type { FieldName } from "../domain/field-keys.ts";
import type { Reason, Warning } from "../domain/findings.ts";
import { whyUndated } from "../domain/merge-post.ts";
import type { PostContent } from "../domain/post.ts";
import type { Site } from "../domain/site.ts";
import type { Instant } from "../domain/time.ts";
import type { Parsed, Reading } from "../ports/content.ts";
import { similarKey } from "./front-matter.ts";
import { unusedPermalinks } from "./page-path.ts";

export interface ReadDocument {
  readonly path: string;
  readonly parsed: Parsed;
}

interface PublishedDocument extends Pick<PostContent, "url" | "title"> {
  readonly path: string;
  readonly published: Instant;
}

interface Excluded {
  readonly path: string;
  readonly reason: string;
}

/** The result of parsing documents without publishing them, and the fields that were read. */
export interface Examination {
  readonly documents: number;
  /** Sorted, the newest first. */
  readonly published: readonly PublishedDocument[];
  readonly held: readonly Excluded[];
  readonly pages: readonly Excluded[];
  readonly refused: readonly { readonly path: string; readonly reasons: readonly Reason[] }[];
  /** The paths of the documents whose text was in a wrong encoding. */
  readonly repaired: readonly string[];
  /** `from` is a key, or `the file's path`, `the body`, `the site`, `nothing`. The most frequent is first. */
  readonly fields: readonly { readonly field: FieldName; readonly from: string; readonly documents: number }[];
  /** The keys that are not read, the most frequent first. */
  readonly ignored: readonly { readonly key: string; readonly documents: number; readonly meant?: string }[];
  readonly warnings: readonly (Warning & { readonly paths: readonly string[] })[];
  /** The configured `fields` whose key no document has. */
  readonly unusedFields: readonly { readonly field: string; readonly key: string }[];
  /** The folders of the configured `permalinks` that have no document. */
  readonly unusedPermalinks: readonly string[];
  /**
   * Folders in which only the days of two documents differ (`2026-11-01-1.md`, `2026-11-02-1.md`), and not their
   * addresses. "" is the folder of all documents.
   */
  readonly foldersWithoutDays: readonly string[];
}

/** Counts the documents that have each of the keys. The most frequent key is first. */
const count = (keys: readonly string[]): readonly { readonly key: string; readonly documents: number }[] =>
  [...Map.groupBy(keys, (key) => key)]
    .map(([key, all]) => ({ key, documents: all.length }))
    .toSorted((a, b) => b.documents - a.documents);

type Sorted = Pick<Examination, "published" | "held" | "pages" | "refused">;

/** If two documents have the same address, the second is refused. */
const sort = (documents: readonly ReadDocument[], site: Site, command: SiteCommand): Sorted => {
  const holders = new Map<string, string>();
  const sorted = documents.map(({ path, parsed }) => {
    if (parsed.kind === "page") return { pages: [{ path, reason: parsed.reason }] };
    if (parsed.kind === "refused") return { refused: [{ path, reasons: parsed.reasons }] };
    const { url, title, published, hold } = parsed.content;
    const address = pageAddress(url, site);
    const holder = holders.get(address);
    if (holder !== undefined) return { refused: [{ path, reasons: [addressTaken(url, holder)] }] };
    holders.set(address, path);
    if (hold !== undefined) return { held: [{ path, reason: hold }] };
    return published === undefined
      ? { held: [{ path, reason: whyUndated(site.id, command) }] }
      : { published: [{ path, url, title, published }] };
  });
  return {
    published: sorted.flatMap((one) => one.published ?? []).toSorted((a, b) => b.published - a.published),
    held: sorted.flatMap(({ held = [] }) => held),
    pages: sorted.flatMap(({ pages = [] }) => pages),
    refused: sorted.flatMap(({ refused = [] }) => refused),
  };
};

const foldersWithoutDays = (refused: Sorted["refused"]): readonly string[] => {
  const dated = refused.filter(
    ({ path, reasons }) =>
      reasons.some(({ code }) => code === "address-taken") && /\/?\d{4}-\d\d-\d\d[^/]*$/.test(path),
  );
  return [...new Set(dated.map(({ path }) => path.slice(0, path.lastIndexOf("/") + 1)))];
};

const collectWarnings = (documents: readonly ReadDocument[]): Examination["warnings"] => {
  const all = documents.flatMap(({ path, parsed }) =>
    // The date that is missing is already the reason why the document is held.
    parsed.kind === "post"
      ? parsed.warnings.filter(({ code }) => code !== "date-missing").map((warning) => ({ warning, path }))
      : [],
  );
  return [...Map.groupBy(all, ({ warning: { code, message } }) => `${code} ${message}`).values()]
    .flatMap(([first, ...others]) =>
      first === undefined ? [] : [{ ...first.warning, paths: [first, ...others].map(({ path }) => path) }],
    )
    .toSorted((a, b) => b.paths.length - a.paths.length);
};

const examinedFields = [
  "title",
  "published",
  "updated",
  "summary",
  "categories",
  "image",
  "author",
  "slug",
  "permalink",
  "language",
  "guid",
] as const satisfies readonly FieldName[];

const countFields = (readings: readonly Reading[]): Examination["fields"] =>
  examinedFields.flatMap((field) =>
    count(readings.flatMap(({ origins }) => origins.get(field) ?? ["nothing"])).map(({ key, documents }) => ({
      field,
      from: key,
      documents,
    })),
  );

/** Parses the documents of a site without storing or sending anything, and reports the result. */
export const examine = (documents: readonly ReadDocument[], site: Site, command: SiteCommand): Examination => {
  const readings = documents.flatMap(({ parsed }) => (parsed.kind === "page" ? [] : (parsed.reading ?? [])));
  const sorted = sort(documents, site, command);
  return {
    documents: documents.length,
    ...sorted,
    repaired: documents.flatMap(({ path, parsed }) =>
      parsed.kind !== "page" && parsed.reading?.isRepaired === true ? [path] : [],
    ),
    fields: countFields(readings),
    ignored: count(readings.flatMap(({ ignored }) => [...new Set(ignored)])).map(({ key, documents }) => {
      const meant = similarKey(key);
      return { key, documents, ...(meant !== undefined && { meant }) };
    }),
    warnings: collectWarnings(documents),
    unusedFields: Object.entries(site.fields)
      .filter(([field]) => !readings.some(({ ownFields }) => ownFields.some((own) => own === field)))
      .map(([field, key]) => ({ field, key })),
    foldersWithoutDays: foldersWithoutDays(sorted.refused),
    unusedPermalinks: unusedPermalinks(
      documents.map(({ path, parsed }) => ({
        path,
        language: parsed.kind === "post" ? parsed.content.language : site.language,
      })),
      site,
    ),
  };
};
