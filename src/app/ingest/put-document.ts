import type { PublishOptions } from "../../domain/merge-post.ts";
import type { Parse } from "../../ports/content.ts";
import type { Ingested } from "../site-api.ts";
import { type IngestPorts, ingest, type Target } from "./ingest-document.ts";

/** Ingests a document that was sent to the address of a slug. It is published by hand, unless `options` says otherwise. */
export const put = (target: Target, slug: string, options: PublishOptions, ports: IngestPorts): Promise<Ingested> =>
  ingest(target, { byHand: true, ...options }, { ...ports, parse: forSlug(slug, ports.parse) });

const forSlug =
  (slug: string, parse: Parse): Parse =>
  (bytes, path, site) => {
    const parsed = parse(bytes, path, site);
    if (parsed.kind === "refused" || parsed.content.slug === slug) return parsed;
    const message = `the document's slug is "${parsed.content.slug}", but the address has "${slug}": use the same one`;
    return { kind: "refused", reasons: [{ code: "slug-differs", field: "slug", message }] };
  };
