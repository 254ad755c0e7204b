import * as z from "zod";
import { apiSource } from "../domain/document.ts";
import type { PageCheck } from "../domain/page-check.ts";
import type { Post, PostHead } from "../domain/post.ts";
import type { Aliases, AliasKind, PageChecks, Posts, TranslationMember, Translations } from "../ports/store.ts";
import { type Bodies, UnreadableBody } from "./bodies.ts";
import { type DueTable, putDue } from "./due-index.ts";
import { feedKey } from "./feed-rows.ts";
import {
  aliasKey,
  indexes,
  keyComponents,
  pageCheckKey,
  postKey,
  sharedKey,
  sharedPartition,
  sitePosts,
  translationKey,
  translationPartition,
} from "./keys.ts";
import {
  faultyNames,
  instant,
  onVersion,
  orUndefined,
  parseOrReplace,
  parseRow,
  type Row,
  readIndexPage,
  readRow,
  rowKey,
  saveRow,
  type Table,
  unreadableVersion,
} from "./table.ts";

const category = z.object({ name: z.string(), type: z.string().exactOptional() });
const person = z.object({ name: z.string(), url: z.string().exactOptional(), email: z.string().exactOptional() });

const image = z.object({
  url: z.string(),
  isSource: z.literal(true).exactOptional(),
  alt: z.string().exactOptional(),
  creditHtml: z.string().exactOptional(),
  credit: z.string().exactOptional(),
});

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
  image: orUndefined(image),
  images: z.array(image).optional(),
  attachment: z
    .object({ url: z.string(), mediaType: orUndefined(z.string()), length: orUndefined(z.number()) })
    .optional(),
  episode: z
    .object({
      duration: orUndefined(z.number()),
      number: orUndefined(z.number()),
      season: orUndefined(z.number()),
      type: orUndefined(z.enum(["full", "trailer", "bonus"])),
      explicit: orUndefined(z.boolean()),
    })
    .optional(),
  featured: z.boolean(),
  trending: z.boolean(),
  readingTime: z.number(),
  disclosure: orUndefined(z.string()),
  isNote: z.boolean().optional(),
  whyNote: z.string().optional(),
  external: z.string().optional(),
  social: z.object({
    off: z.boolean(),
    answers: z.string().exactOptional(),
    share: z.string().exactOptional(),
    snippet: z.string().exactOptional(),
    useSummary: z.boolean(),
    lead: z.string().exactOptional(),
    contentWarning: z.string().exactOptional(),
    sensitive: z.boolean().exactOptional(),
    texts: z.record(z.string(), z.string()),
  }),
  hold: orUndefined(z.string()),
  revision: z.string(),
  oldId: orUndefined(z.string()),
  oldIdDecided: orUndefined(z.boolean()),
  translations: z.array(z.object({ post: z.string(), language: z.string(), url: z.string() })),
  syndication: z.array(z.string()),
  enclosure: orUndefined(
    z.object({ url: z.string(), mediaType: orUndefined(z.string()), length: orUndefined(z.number()) }),
  ),
  probed: z
    .object({
      url: z.string(),
      mediaType: orUndefined(z.string()),
      length: orUndefined(z.number()),
      failed: z.boolean(),
      tries: z.number(),
      next: orUndefined(instant),
    })
    .optional(),
  source: z.string(),
  path: z.string(),
  movedFrom: orUndefined(z.string()),
  hash: z.string(),
  recipe: z.string(),
  changed: instant,
  address: z.string(),
  addresses: z.array(z.string()),
  byHand: z.boolean(),
  generation: z.number(),
  announcedBy: z.string().optional(),
  gone: orUndefined(z.object({ at: instant, by: z.enum(["source", "person"]) })),
  listed: z.array(z.object({ feed: feedKey, published: instant })),
  history: z.boolean(),
  announceFrom: orUndefined(instant),
  damage: orUndefined(z.string()),
  audience: orUndefined(
    z.object({ accounts: z.array(z.string()), note: orUndefined(z.string()), baseline: orUndefined(z.string()) }),
  ),
} satisfies Record<Exclude<keyof Post, "html" | "due">, z.ZodType>;

export const postRow = z.object({
  ...postShape,
  dueAt: instant.optional(),
  body: z.instanceof(Uint8Array).optional(),
  bodyKey: z.string().optional(),
});

/**
 * The values that stand in for attributes that cannot be read. Nothing of such a post is shown or sent, and its document
 * writes it again: these values announce nothing, and take no address from another post.
 */
const harmless: Readonly<Record<string, unknown>> = {
  version: unreadableVersion,
  ...Object.fromEntries(
    ["site", "id", "slug", "url", "title", "language", "summary", "revision"].map((name) => [name, ""]),
  ),
  ...Object.fromEntries(["source", "path", "hash", "recipe", "address"].map((name) => [name, ""])),
  ...Object.fromEntries(["published", "updated", "changed", "readingTime"].map((name) => [name, 0])),
  ...Object.fromEntries(
    ["categories", "authors", "translations", "syndication", "addresses", "listed"].map((name) => [name, []]),
  ),
  featured: false,
  trending: false,
  byHand: false,
  history: true,
  generation: 1,
  social: { off: true, useSummary: false, texts: {} },
  audience: { accounts: [], note: "its row could not be read" },
};

/** An attribute that cannot be read damages one post, and does not stop those who read it. */
const parsePostRow = (row: Row): z.output<typeof postRow> => {
  const { data, error } = postRow.safeParse(row);
  if (data !== undefined) return data;
  const names = faultyNames(error);
  const damage = `its stored row cannot be read: ${names.join(", ")}`;
  return postRow.parse({ ...row, ...Object.fromEntries(names.map((name) => [name, harmless[name]])), damage });
};

/** A row of a damaged post as the store reads it. An export has it instead of the row. */
export const standInPost = ({ body: _, bodyKey: __, damage, ...row }: Row, site: string, id: string): Row => {
  const { body: ___, bodyKey: ____, ...post } = parsePostRow({ ...row, site, id });
  return {
    ...post,
    version: post.version + 1,
    damage: post.damage ?? damage ?? "its stored row cannot be read",
    sitePosts: sitePosts(site),
  };
};

const postsInPage = 50;

export const tablePosts = (rows: DueTable, bodies: Bodies): Posts => {
  const { table } = rows;

  const parse = (row: Row): z.output<typeof postRow> => {
    const { error } = postRow.safeParse(row);
    if (error !== undefined) table.onUnreadable?.({ key: rowKey.parse(row), names: faultyNames(error) });
    return parsePostRow(row);
  };

  const toHead = (row: Row): PostHead => {
    const { dueAt, body: _, bodyKey: __, ...post } = parse(row);
    return { ...post, due: dueAt };
  };

  const toPost = async (row: Row): Promise<Post> => {
    const { dueAt, body, bodyKey, ...post } = parse(row);
    try {
      return { ...post, due: dueAt, html: await bodies.unpack({ body, bodyKey }) };
    } catch (error) {
      if (!(error instanceof UnreadableBody)) throw error;
      return { ...post, due: dueAt, html: "", damage: post.damage ?? error.message };
    }
  };

  const read = async (site: string, id: string): Promise<Post | undefined> => {
    const row = await table.get(postKey(site, id));
    return row && toPost({ ...row, site, id });
  };

  /** The body of a damaged post stays as it is: what cannot be read now is not lost by the save of something else. */
  const storedBody = async (site: string, id: string): Promise<Row> => {
    const { body, bodyKey } = (await table.get(postKey(site, id))) ?? {};
    return { body, bodyKey };
  };

  return {
    read,
    head: async (site, id) => {
      const row = await table.get(postKey(site, id));
      return row && toHead({ ...row, site, id });
    },
    save: async (post) => {
      const { html, due, ...rest } = post;
      const { site, id, version } = post;
      const body =
        post.damage === undefined
          ? await bodies.pack(html, { site, id, others: JSON.stringify(rest) })
          : await storedBody(site, id);
      const row = { ...rest, ...body, version: version + 1, sitePosts: sitePosts(site) };
      // A post from the API is stored nowhere else, so it must survive a power cut.
      const durable = post.source === apiSource;
      return putDue(rows, { kind: "post", site, id }, row, due, onVersion(version), { durable });
    },
    newest: async (site, from, limit = postsInPage) => {
      const page = await readIndexPage(table, {
        index: indexes.site,
        partition: sitePosts(site),
        newestFirst: true,
        limit,
        from,
      });
      return { rows: await Promise.all(page.rows.map(toPost)), next: page.next };
    },
  };
};

const text = z.string();

export const pageCheckRow = z.object({
  site: text,
  post: text,
  version: z.number(),
  url: text,
  since: instant,
  failures: z.number(),
  next: instant,
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
    return row && parseOrReplace(table, row, pageCheckRow, { site, post, url: "", since: 0, failures: 0, next: 0 });
  },
  save: (check) => saveRow(table, pageCheckKey(check.site, check.post), check),
});

export const aliasRow = z.object({ post: z.string() });

const maxSharing = 50;

export const tableAliases = (table: Table): Aliases => {
  const read = async (site: string, kind: AliasKind, value: string): Promise<string | undefined> =>
    (await readRow(table, aliasKey(site, kind, value), aliasRow))?.post;
  return {
    read,
    claim: async (site, kind, value, id) => {
      const row = { ...aliasKey(site, kind, value), value, post: id };
      if (await table.put(row, { kind: "absent" })) return id;
      const stored = await table.get(row);
      const holder = stored && parseRow(table, stored, aliasRow)?.post;
      if (stored !== undefined && holder === undefined && (await table.put(row, { kind: "present" }))) return id;
      if (holder === undefined)
        throw new Error(`the ${kind} "${value}" was removed while it was being claimed: ingest the document again`);
      return holder;
    },
    takeOver: async (site, kind, value, from, to) =>
      (await table.update(
        aliasKey(site, kind, value),
        { set: { post: to } },
        { kind: "is", field: "post", value: from },
      )) !== undefined,
    share: async (site, kind, shared, id) => {
      await table.put({ ...sharedKey(site, kind, shared, id), post: id });
    },
    unshare: async (site, kind, shared, id) => {
      await table.remove(sharedKey(site, kind, shared, id));
    },
    sharing: async (site, kind, { value, hash }) => {
      const { rows } = await table.page({
        partition: sharedPartition(site, kind, value),
        ...(hash !== undefined && { sort: { prefix: sharedKey(site, kind, { value, hash }, "").sk } }),
        limit: maxSharing,
      });
      return rows.flatMap((row) => parseRow(table, row, aliasRow)?.post ?? keyComponents(String(row.sk)).slice(1));
    },
  };
};

export const translationRow = z.object({
  post: z.string(),
  language: z.string(),
  file: z.string(),
  path: z.string(),
} satisfies Record<keyof TranslationMember, z.ZodType>);

const maxLanguages = 50;

export const tableTranslations = (table: Table): Translations => ({
  claim: async (site, key, member) => {
    const memberKey = translationKey(site, key, member.language);
    if (await table.put({ ...memberKey, ...member }, { kind: "absent" })) return member;
    const stored = await table.get(memberKey);
    const holder = stored && parseRow(table, stored, translationRow);
    if (stored !== undefined && holder === undefined)
      if (await table.put({ ...memberKey, ...member }, { kind: "present" })) return member;
    if (holder === undefined)
      throw new Error(`the translations of "${key}" were removed while they were being claimed`);
    return holder;
  },
  takeOver: (site, key, from, member) =>
    table.put({ ...translationKey(site, key, member.language), ...member }, { kind: "is", field: "post", value: from }),
  all: async (site, key) => {
    const { rows } = await table.page({ partition: translationPartition(site, key), limit: maxLanguages });
    return rows.flatMap((row) => parseRow(table, row, translationRow) ?? []);
  },
});
