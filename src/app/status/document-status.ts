import { pathOf } from "../../domain/address.ts";
import type { KnownDocument } from "../../domain/document.ts";
import { reasonText } from "../../domain/findings.ts";
import type { Documents, Posts } from "../../ports/store.ts";
import type { PageDocument, RefusedDocument, WaitingDocument } from "../site-api.ts";

/** What is wrong with the document of a post. */
export const documentProblem = ({ missing, page, refusal }: KnownDocument): string | undefined => {
  if (missing !== undefined && page !== undefined) return `its document is a page now (${page}): ${missing.reason}`;
  if (missing !== undefined) return `its document is missing: ${missing.reason}`;
  if (refusal === undefined) return undefined;
  return `its document is refused, so the last good version stays: ${refusal.reasons.map(reasonText).join(" ")}`;
};

const fileOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The names for a document whose slug is not known: its path or file, also without extension, `index` and date. */
const namesOf = (path: string): readonly string[] => {
  const stem = path.replace(/\.[^./]+$/, "").replace(/\/_?index$/i, "");
  return [path, stem, fileOf(path), fileOf(stem), fileOf(stem).replace(/^\d{4}-\d{1,2}-\d{1,2}[-_.]+(?=.)/, "")];
};

/** Of a document that was sent from a file also that file's. */
export const hasName = ({ path, file }: Pick<KnownDocument, "path" | "file">, name: string): boolean =>
  namesOf(path).includes(name) ||
  (file !== undefined && (namesOf(file).includes(name) || (name.includes("/") && file.endsWith(`/${name}`))));

/** All refused documents, or those that have a name. */
export const listRefused = async (
  site: string,
  sources: Iterable<string>,
  name: string | undefined,
  { documents }: { readonly documents: Documents },
): Promise<readonly RefusedDocument[]> => {
  const refused: RefusedDocument[] = [];
  for (const source of sources)
    for await (const document of documents.all(site, source)) {
      const { path, refusal } = document;
      if (refusal !== undefined && (name === undefined || hasName(document, name)))
        refused.push({ source, path, reasons: refusal.reasons, at: refusal.at });
    }
  return refused;
};

/** All pages, or those that have a name. */
export const listPages = async (
  site: string,
  sources: Iterable<string>,
  name: string | undefined,
  { documents }: { readonly documents: Documents },
): Promise<readonly PageDocument[]> => {
  const pages: PageDocument[] = [];
  for (const source of sources)
    for await (const document of documents.all(site, source)) {
      const { path, page } = document;
      if (page !== undefined && (name === undefined || hasName(document, name)))
        pages.push({ source, path, reason: page });
    }
  return pages;
};

/** Not those whose post was removed by a person in the meantime. */
export const listWaiting = async (
  site: string,
  sources: Iterable<string>,
  { documents, posts }: { readonly documents: Documents; readonly posts: Posts },
): Promise<readonly WaitingDocument[]> => {
  const waiting: WaitingDocument[] = [];
  for (const source of sources)
    for await (const { path, post: id, page, missing } of documents.all(site, source)) {
      const post = missing === undefined || id === undefined ? undefined : await posts.read(site, id);
      if (missing !== undefined && post !== undefined && post.gone === undefined && post.path === path)
        waiting.push({ source, path, slug: pathOf(post), ...(page !== undefined && { page }), ...missing });
    }
  return waiting;
};
