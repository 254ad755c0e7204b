import * as z from "zod";
import { apiSource } from "../domain/document.ts";
import type { PageCheck } from "../domain/page-check.ts";
import type { Post, PostHead } from "../domain/post.ts";
import type { PageChecks, Posts } from "../ports/store.ts";
import type { Bodies } from "./bodies.ts";
import { type DueTable, putDue } from "./due-index.ts";
import { feedKey } from "./feed-rows.ts";
import { indexes, pageCheckKey, postKey, sitePosts } from "./keys.ts";
import { onVersion, orUndefined, type Row, readIndexPage, type Table } from "./table.ts";

const instant = z.number();
const category = z.object({ name: z.string(), type: z.string().exactOptional() });
const person = z.object({ name: z.string(), url: z.string().exactOptional(), email: z.string().exactOptional() });

const postShape = {
  site: z.string(),
  id: z.string(),
  version: z.number(),
  slug: z.string(),
  guid: orUndefined(z.string()),
  url: z.string(),
  title: z.string(),
  published: instant,
  updated: instant,
  language: z.string(),
  translation: orUndefined(z.object({ key: z.string(), path: z.string() })),
  summary: z.string(),
  categories: z.array(category),
  authors: z.array(person),
  image: orUndefined(
    z.object({
      url: z.string(),
      alt: z.string().exactOptional(),
      creditHtml: z.string().exactOptional(),
      credit: z.string().exactOptional(),
    }),
  ),
  attachment: z.object({ url: z.string(), mediaType: z.string(), length: orUndefined(z.number()) }).optional(),
  featured: z.boolean(),
  trending: z.boolean(),
  readingTime: z.number(),
  disclosure: orUndefined(z.string()),
  social: z.object({
    off: z.boolean(),
    share: z.string().exactOptional(),
    snippet: z.string().exactOptional(),
    // Missing in rows of older releases.
    useSummary: z.boolean().default(false),
    lead: z.string().exactOptional(),
    contentWarning: z.string().exactOptional(),
    sensitive: z.boolean().exactOptional(),
    texts: z.record(z.string(), z.string()),
  }),
  hold: orUndefined(z.string()),
  revision: z.string(),
  oldId: orUndefined(z.string()),
  oldIdDecided: orUndefined(z.boolean()),
  translations: z.array(z.object({ post: z.string(), language: z.string(), url: z.string() })).default([]),
  syndication: z.array(z.string()),
  enclosure: orUndefined(
    z.object({ url: z.string(), mediaType: orUndefined(z.string()), length: orUndefined(z.number()) }),
  ),
  source: z.string(),
  path: z.string(),
  movedFrom: orUndefined(z.string()),
  hash: z.string(),
  recipe: z.string(),
  // Missing in rows of older releases.
  changed: instant.default(0),
  address: z.string(),
  addresses: z.array(z.string()),
  byHand: z.boolean(),
  generation: z.number(),
  gone: orUndefined(z.object({ at: instant, by: z.enum(["source", "person"]) })),
  listed: z.array(z.object({ feed: feedKey, published: instant })),
  history: z.boolean(),
  announceFrom: orUndefined(instant),
  audience: orUndefined(
    z.object({ accounts: z.array(z.string()), note: orUndefined(z.string()), baseline: orUndefined(z.string()) }),
  ),
} satisfies Record<Exclude<keyof Post, "html" | "due">, z.ZodType>;

const postRow = z.object({
  ...postShape,
  dueAt: instant.optional(),
  body: z.instanceof(Uint8Array).optional(),
  bodyKey: z.string().optional(),
});

const postsInPage = 50;

export const tablePosts = (rows: DueTable, bodies: Bodies): Posts => {
  const { table } = rows;

  const toHead = (row: Row): PostHead => {
    const { dueAt, body: _, bodyKey: __, ...post } = postRow.parse(row);
    return { ...post, due: dueAt };
  };

  const toPost = async (row: Row): Promise<Post> => {
    const { dueAt, body, bodyKey, ...post } = postRow.parse(row);
    return { ...post, due: dueAt, html: await bodies.unpack({ body, bodyKey }) };
  };

  const read = async (site: string, id: string): Promise<Post | undefined> => {
    const row = await table.get(postKey(site, id));
    return row && toPost(row);
  };

  return {
    read,
    head: async (site, id) => {
      const row = await table.get(postKey(site, id));
      return row && toHead(row);
    },
    save: async (post) => {
      const { html, due, ...rest } = post;
      const { site, id, version } = post;
      const body = await bodies.pack(html, { site, id, others: JSON.stringify(rest) });
      const row = { ...rest, ...body, version: version + 1, sitePosts: sitePosts(site) };
      // What came by the API is nowhere else.
      const durable = post.source === apiSource;
      return putDue(rows, { kind: "post", site, id }, row, due, onVersion(version), { durable });
    },
    newest: async (site, from) => {
      const page = await readIndexPage(table, {
        index: indexes.site,
        partition: sitePosts(site),
        newestFirst: true,
        limit: postsInPage,
        from,
      });
      return { rows: await Promise.all(page.rows.map(toPost)), next: page.next };
    },
  };
};

const text = z.string();

const pageCheckRow = z.object({
  site: text,
  post: text,
  version: z.number(),
  url: text,
  since: z.number(),
  failures: z.number(),
  next: z.number(),
  answer: orUndefined(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("live"), warnings: z.array(text) }),
      z.object({ kind: z.literal("absent"), reason: text }),
    ]),
  ),
} satisfies Record<keyof PageCheck, z.ZodType>);

export const tablePageChecks = (table: Table): PageChecks => ({
  read: async (site, post) => {
    const row = await table.get(pageCheckKey(site, post));
    return row && pageCheckRow.parse(row);
  },
  save: (check) =>
    table.put(
      { ...pageCheckKey(check.site, check.post), ...check, version: check.version + 1 },
      onVersion(check.version),
    ),
});
