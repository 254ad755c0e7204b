import * as z from "zod";
import type { KnownDocument } from "../domain/document.ts";
import type { FeedMemory, WindowEntry } from "../domain/polled-feed.ts";
import type { Runtime } from "../ports/runtime.ts";
import type { Documents, ListingState, Listings, SourceState, SourceStates } from "../ports/store.ts";
import {
  documentKey,
  documentPartition,
  indexes,
  type Key,
  keyComponents,
  listingKey,
  listingMarksKey,
  listingMarksPrefix,
  listingPartition,
  reportedDocuments,
  sourceStateKey,
} from "./keys.ts";
import {
  allRows,
  type Condition,
  instant,
  orUndefined,
  parseOrReplace,
  parseRow,
  type Row,
  readIndexPage,
  readOrFresh,
  readRow,
  rowKey,
  saveRow,
  type Table,
} from "./table.ts";

const reason = z.object({ code: z.string(), field: z.string().exactOptional(), message: z.string() });

export const documentRow = z.object({
  site: z.string(),
  source: z.string(),
  path: z.string(),
  post: z.string().exactOptional(),
  file: z.string().exactOptional(),
  refusal: z
    .object({ hash: z.string(), reasons: z.array(reason), at: instant, reading: z.string().exactOptional() })
    .exactOptional(),
  attempt: z.object({ reading: z.string(), at: instant }).exactOptional(),
  warnings: z.array(reason).exactOptional(),
  page: z.string().exactOptional(),
  copy: z.string().exactOptional(),
  history: z.literal(true).exactOptional(),
  missing: z.object({ since: instant, reason: z.string() }).exactOptional(),
  undated: instant.exactOptional(),
  unsaved: z.array(z.string()).exactOptional(),
  save: z.string().exactOptional(),
} satisfies Record<keyof KnownDocument, z.ZodType>);

const documentsInPage = 500;

/** True for the row as it was read, and for one that does not exist yet. */
const onSave = (row: KnownDocument | undefined): Condition =>
  row?.save === undefined ? { kind: "lacks", field: "save" } : { kind: "is", field: "save", value: row.save };

const toDocumentRow = (document: KnownDocument): Row & Key => {
  const { site, source, path, refusal, page, missing, undated } = document;
  const isReported = [refusal, page, missing, undated].some((one) => one !== undefined);
  const reported = { sitePosts: reportedDocuments(site), updated: refusal?.at ?? missing?.since ?? undated ?? 0 };
  return { ...documentKey(site, source, path), ...document, ...(isReported && reported) };
};

export const tableDocuments = (table: Table, newId: Runtime["newId"]): Documents => {
  /** A row that cannot be read is stored again with the attributes that can be. The document has the others. */
  const parse = async (row: Row, location: Pick<KnownDocument, "site" | "source" | "path">): Promise<KnownDocument> => {
    const { data, error } = documentRow.safeParse(row);
    if (error === undefined) return data;
    const saved = { ...parseOrReplace(table, row, documentRow, location), save: newId() };
    const { save } = row;
    // A save of another kind than a text was not written by a worker, so that none can have replaced it.
    const isAsRead =
      save === undefined || typeof save === "string"
        ? onSave({ ...location, ...(save !== undefined && { save }) })
        : undefined;
    await table.put({ ...toDocumentRow(saved), ...rowKey.parse(row) }, isAsRead);
    return saved;
  };

  return {
    read: async (site, source, path) => {
      const row = await table.get(documentKey(site, source, path));
      return row && parse(row, { site, source, path });
    },
    put: async (document) => {
      await table.put(toDocumentRow({ ...document, save: newId() }));
    },
    replace: async (document, before) => {
      const saved = { ...document, save: newId() };
      return (await table.put(toDocumentRow(saved), onSave(before))) ? saved : undefined;
    },
    remove: (row) => table.remove(documentKey(row.site, row.source, row.path), onSave(row)),
    async *all(site, source) {
      const query = { partition: documentPartition(site, source), limit: documentsInPage };
      for await (const row of allRows(table, query)) {
        const [path = ""] = keyComponents(String(row.sk));
        yield await parse(row, { site, source, path });
      }
    },
    async *reported(site, limit = documentsInPage) {
      const query = {
        index: indexes.site,
        partition: reportedDocuments(site),
        newestFirst: true,
        limit,
      };
      for (let from: string | undefined, isOver = false; !isOver; ) {
        const { rows, next } = await readIndexPage(table, { ...query, from });
        for (const row of rows) {
          const [, , source = ""] = keyComponents(String(row.pk));
          const [path = ""] = keyComponents(String(row.sk));
          yield await parse(row, { site, source, path });
        }
        [from, isOver] = [next, next === undefined];
      }
    },
  };
};

const windowEntries = z.array(
  z.object({
    path: z.string(),
    hash: orUndefined(z.string()),
    published: orUndefined(instant),
  } satisfies Record<keyof WindowEntry, z.ZodType>),
);

const feedMemory = z.object({
  url: z.string(),
  validators: z.object({ etag: z.string().exactOptional(), lastModified: z.string().exactOptional() }),
  recipe: z.string(),
  pollAfter: orUndefined(instant),
  next: instant,
  last: orUndefined(z.object({ at: instant, answer: z.enum(["entries", "unchanged", "failed"]) })),
  failures: z.number(),
  problem: orUndefined(z.string()),
  reading: orUndefined(z.string()),
  window: windowEntries,
  asking: windowEntries,
} satisfies Record<keyof FeedMemory, z.ZodType>);

export const sourceStateRow = z.object({
  site: z.string(),
  source: z.string(),
  version: z.number(),
  listed: orUndefined(instant),
  began: orUndefined(instant),
  feed: orUndefined(feedMemory),
} satisfies Record<keyof SourceState, z.ZodType>);

export const tableSourceStates = (table: Table): SourceStates => ({
  read: (site, source) => readOrFresh(table, sourceStateKey(site, source), sourceStateRow, { site, source }),
  save: (state) => saveRow(table, sourceStateKey(state.site, state.source), state),
});

export const listingRow = z.object({
  hash: z.string(),
  isSettled: z.boolean(),
  compared: instant,
  parts: z.number(),
} satisfies Record<keyof ListingState | "parts", z.ZodType>);

export const listingMarksRow = z.object({ marks: z.string() });

const markLength = 16;
/** Marks in one row: DynamoDB limits a row to 400 KB. */
const marksInRow = 15_000;

export const tableListings = (table: Table): Listings => ({
  read: async (site, source) => {
    const row = await readRow(table, listingKey(site, source), listingRow);
    if (row === undefined) return undefined;
    const { parts: _, ...state } = row;
    return state;
  },
  marks: async (site, source) => {
    const found = new Set<string>();
    const query = { partition: listingPartition(site, source), sort: { prefix: listingMarksPrefix }, limit: 100 };
    for await (const row of allRows(table, query)) {
      const { marks = "" } = parseRow(table, row, listingMarksRow) ?? {};
      for (let start = 0; start < marks.length; start += markLength) found.add(marks.slice(start, start + markLength));
    }
    return found;
  },
  save: async (site, source, state, marks) => {
    const before = (await readRow(table, listingKey(site, source), listingRow.partial()))?.parts ?? 0;
    const parts = Math.ceil(marks.length / marksInRow);
    // Marks are written before the state: after a crash they are compared again. Rows that are no longer needed are emptied.
    for (let part = 0; part < Math.max(parts, before); part += 1) {
      const some = marks.slice(part * marksInRow, (part + 1) * marksInRow);
      await table.put({ ...listingMarksKey(site, source, part), marks: some.join("") });
    }
    await table.put({ ...listingKey(site, source), ...state, parts });
  },
});
