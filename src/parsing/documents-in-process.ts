import { locateDocument } from "../documents/parse-document.ts";
import type { DocumentParsers } from "../ports/content.ts";
import { parseWithLinks } from "./document-references.ts";
import { inProcess } from "./in-process.ts";
import { refusedDocument } from "./refusals.ts";

/** Where the process itself is what can be stopped: a function on AWS. */
export const documentsInProcess: DocumentParsers = {
  isContained: false,
  parse: (bytes, path, site, context) =>
    inProcess(
      () => parseWithLinks(bytes, path, site, context),
      (cost) => refusedDocument(bytes, cost),
    ),
  locate: (bytes, path, site, isSectionIndex) =>
    inProcess(
      () => locateDocument(bytes, path, site, isSectionIndex),
      () => undefined,
    ),
};
