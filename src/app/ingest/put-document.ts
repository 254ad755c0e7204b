import { addressOf, addressOfName } from "../../domain/address.ts";
import type { PublishOptions } from "../../domain/merge-post.ts";
import type { PostContent } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Parse } from "../../ports/content.ts";
import type { Ingested } from "../site-api.ts";
import { type IngestPorts, ingest, type Target } from "./ingest-document.ts";

/** Ingests a document that was sent to the address of a post: its slug, or its path. It is published by hand, unless `options` says otherwise. */
export const put = (target: Target, name: string, options: PublishOptions, ports: IngestPorts): Promise<Ingested> =>
  ingest(target, { byHand: true, ...options }, { ...ports, parse: forName(name, ports.parse) });

const forName =
  (name: string, parse: Parse): Parse =>
  (bytes, path, site, context) => {
    const parsed = parse(bytes, path, site, context);
    if (parsed.kind !== "post" || isNameOf(name, parsed.content, site)) return parsed;
    const message = `the document's slug is "${parsed.content.slug}", but the address has "${name}": use the same one`;
    return { kind: "refused", reasons: [{ code: "slug-differs", field: "slug", message }] };
  };

const isNameOf = (name: string, { slug, url }: PostContent, site: Site): boolean =>
  name === slug || addressOfName(name, site) === addressOf(url, site);
