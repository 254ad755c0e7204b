import { locateDocument } from "../documents/parse-document.ts";
import { parseEntry } from "../documents/parse-entry.ts";
import type { Site } from "../domain/site.ts";
import { readFeed } from "../feed-reader/read-feed.ts";
import { parseWithLinks } from "./document-references.ts";
import type { Answer, Request } from "./process-messages.ts";

/** Parses what a request asks for. */
export const answerRequest = (request: Request, siteOf: (number: number) => Site): Answer => {
  switch (request.kind) {
    case "document": {
      const { bytes, path, site, context } = request;
      return { kind: "document", result: parseWithLinks(bytes, path, siteOf(site), context) };
    }
    case "page": {
      const { bytes, path, site, isSectionIndex } = request;
      const located = locateDocument(bytes, path, siteOf(site), isSectionIndex);
      return { kind: "page", result: located && { url: located.url } };
    }
    case "entry":
      return { kind: "entry", result: parseEntry(request.document, siteOf(request.site)) };
    case "feed":
      return { kind: "feed", result: readFeed(request.bytes) };
  }
};
