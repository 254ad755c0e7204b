import { parseDocument } from "../../src/documents/parse-document.ts";
import type { PostContent } from "../../src/domain/post.ts";
import type { Site } from "../../src/domain/site.ts";
import type { Parsed } from "../../src/ports/content.ts";
import { aSite } from "../support/builders.ts";

export const theSite = (changes: Partial<Site> = {}): Site => ({
  ...aSite(),
  title: "The blog",
  url: "https://blog.example.org/",
  description: "What it is about",
  author: { name: "Ann" },
  timeZone: "Europe/Vienna",
  authority: "blog.example.org,2026",
  permalink: "/blog/:slug/",
  feedsUrl: "https://feeds.example.org/",
  publishStatuses: ["new", "published", "publish", "live", "public"],
  feeds: { ...aSite().feeds, entries: 50 },
  ...changes,
});

/** A document with these lines of front matter, after `base`. */
export const aDocument = (lines = "", body = "Text.", base = "title: A title\ndate: 2026-03-01"): string =>
  `---\n${[base, lines].filter((part) => part !== "").join("\n")}\n---\n${body}\n`;

export const parse = (document: string | Uint8Array, path = "a-post.md", site = theSite()): Parsed =>
  parseDocument(typeof document === "string" ? new TextEncoder().encode(document) : document, path, site);

/** The content of a document; throws if it is refused or a page. */
export const contentOf = (document: string, path?: string, site?: Site): PostContent => {
  const parsed = parse(document, path, site);
  if (parsed.kind === "page") throw new Error(parsed.reason);
  if (parsed.kind === "refused") throw new Error(parsed.reasons.map(({ message }) => message).join("\n"));
  return parsed.content;
};

/** `field: code` of every reason; empty where it is not refused. */
export const refusals = (document: string | Uint8Array, path?: string): readonly string[] => {
  const parsed = parse(document, path);
  return parsed.kind !== "refused" ? [] : parsed.reasons.map(({ code, field }) => `${field ?? "document"}: ${code}`);
};

export const warnings = (document: string, path?: string): readonly string[] => {
  const parsed = parse(document, path);
  return parsed.kind !== "post" ? [] : parsed.warnings.map(({ code }) => code);
};

export const warningsOf = (document: string, path?: string): readonly string[] => {
  const parsed = parse(document, path);
  return parsed.kind !== "post" ? [] : parsed.warnings.map(({ message }) => message);
};
