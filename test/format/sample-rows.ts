import { brotliCompressSync } from "node:zlib";
import * as z from "zod";
import { entryPosition } from "../../src/domain/feed.ts";
import {
  accountKey,
  actKey,
  aliasKey,
  auditKey,
  candidateKey,
  deliveryKey,
  documentKey,
  dueAttributes,
  entryKey,
  feedPartition,
  feedStateKey,
  identityKey,
  type Key,
  listingKey,
  listingMarksKey,
  movedKey,
  noticeKey,
  pageCheckKey,
  pageKey,
  pageOfPostKey,
  pingKey,
  postKey,
  rateWindowKey,
  restoreKey,
  serverKey,
  sharedKey,
  siteFeedKey,
  sourceStateKey,
  stopsKey,
  sweepKey,
  tokenKey,
  translationKey,
} from "../../src/store/keys.ts";
import { rowFormat, type StoredKind } from "../../src/store/row-format.ts";
import type { Row } from "../../src/store/table.ts";
import { storedKinds } from "../../src/store/table-store.ts";

export type KindName = keyof typeof storedKinds;

/** What a schema of our own may demand that is more than its type. */
const candidates: readonly unknown[] = ["main", new Uint8Array(brotliCompressSync("<p>A body</p>"))];

/** A schema around another one, such as an optional one. */
const isWrapper = (schema: unknown): schema is { readonly unwrap: () => unknown } =>
  typeof schema === "object" && schema !== null && "unwrap" in schema && typeof schema.unwrap === "function";

const isOptional = (schema: unknown): boolean => schema instanceof z.ZodType && schema._zod.optin === "optional";

/** Values that a schema reads: every alternative of a union, with each optional attribute or with none. */
const samples = (schema: unknown, isFull: boolean): readonly unknown[] => {
  if (schema instanceof z.ZodObject) {
    const parts = Object.entries(schema.shape).flatMap(([name, part]) => {
      return isOptional(part) && !isFull ? [] : [[name, samples(part, isFull)[0]] as const];
    });
    return [Object.fromEntries(parts)];
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => samples(option, isFull));
  if (schema instanceof z.ZodArray) return [[samples(schema.element, isFull)[0]]];
  if (schema instanceof z.ZodRecord) return [{ a: samples(schema.valueType, isFull)[0] }];
  // A request is stored as text.
  if (schema instanceof z.ZodPipe) return ['{"text":"Hello"}'];
  if (schema instanceof z.ZodEnum) return [schema.options[0]];
  if (schema instanceof z.ZodLiteral) return [...schema.values];
  if (schema instanceof z.ZodString) return ["text"];
  if (schema instanceof z.ZodNumber) return [7];
  if (schema instanceof z.ZodBoolean) return [true];
  if (schema instanceof z.ZodCustom) return candidates.filter((value) => schema.safeParse(value).success);
  if (isWrapper(schema)) return samples(schema.unwrap(), isFull);
  throw new Error("test/format/sample-rows.ts makes no value for this schema yet: add it there");
};

/** Puts a sample into a row of its own: the values that follow from its key, and the key. `n` is another one for each. */
const rowOf: Readonly<Record<KindName, (n: string, row: Row) => Row & Key>> = {
  post: (id, row) => ({ ...row, site: "blog", id, bodyKey: undefined, ...postKey("blog", id) }),
  delivery: (account, row) => {
    const own = { site: "blog", post: "p", account, generation: 1 };
    return { ...row, ...own, ...deliveryKey(own) };
  },
  pageCheck: (post, row) => ({ ...row, site: "blog", post, ...pageCheckKey("blog", post) }),
  document: (path, row) => ({ ...row, site: "blog", source: "folder", path, ...documentKey("blog", "folder", path) }),
  alias: (value, row) => ({ ...row, value, ...aliasKey("blog", "guid", value) }),
  shared: (post, row) => ({ ...row, post, ...sharedKey("blog", "slug", { value: "a" }, post) }),
  translation: (language, row) => ({ ...row, language, ...translationKey("blog", "key", language) }),
  siteFeed: (n, row) => ({ ...row, key: `categories/${n}`, ...siteFeedKey("blog", `categories/${n}`) }),
  sourceState: (source, row) => ({ ...row, site: "blog", source, ...sourceStateKey("blog", source) }),
  feed: (n, row) => ({ ...row, site: "blog", key: `categories/${n}`, ...feedStateKey("blog", `categories/${n}`) }),
  membership: (id, row) => ({ ...row, feed: "main", id, published: 7, ...entryKey("blog", "main", 7, id) }),
  candidate: (n, row) => ({ ...row, key: `categories/${n}`, ...candidateKey("blog", `categories/${n}`) }),
  ping: (hub, row) => ({ ...row, site: "blog", key: "main", hub, ...pingKey({ site: "blog", key: "main", hub }) }),
  archivePage: (n, row) => ({ ...row, page: Number(n), before: 1, version: 1, ...pageKey("blog", "main", Number(n)) }),
  archived: (n, row) => ({ ...row, page: 7, ...pageOfPostKey("blog", "main", n) }),
  archiveMarks: (n, row) => ({
    ...row,
    pk: feedPartition("blog", "main"),
    sk: `UNNUMBERED#${entryPosition(7, `0${n}`)}`,
  }),
  notice: (about, row) => ({
    ...row,
    site: "blog",
    to: "owner",
    about,
    ...noticeKey({ site: "blog", to: "owner", about }),
  }),
  account: (name, row) => ({ ...row, name, ...accountKey(name) }),
  token: (name, row) => ({ ...row, name, ...tokenKey(name) }),
  server: (name, row) => ({ ...row, name, ...serverKey(name) }),
  log: (id, row) => ({ ...row, site: "blog", at: 7, id, ...actKey({ site: "blog", at: 7, id }) }),
  stops: (_, row) => ({ ...row, ...stopsKey }),
  window: (name, row) => ({ ...row, name, ...rateWindowKey(name) }),
  listing: (source, row) => ({ ...row, parts: 1, ...listingKey("blog", source) }),
  listingMarks: (source, row) => ({ ...row, marks: "0123456789abcdef", ...listingMarksKey("blog", source, 0) }),
  round: (_, row) => ({ ...row, ...("configuration" in row ? auditKey : "id" in row ? identityKey : sweepKey) }),
  moved: (_, row) => ({ ...row, ...movedKey }),
  restore: (_, row) => ({ ...row, ...restoreKey }),
};

/** The kinds whose rows have one key: only the full sample is stored. */
const single: readonly KindName[] = ["stops", "moved", "restore"];

const kindNames = Object.keys(rowOf).filter((name): name is KindName => name in storedKinds);

/** Rows of every kind as their schemas describe them: in each state, with every optional attribute and with none. */
export const sampleRows = (): readonly (Row & Key)[] =>
  kindNames.flatMap((name) => {
    const { schema } = storedKinds[name];
    const full = samples(schema, true);
    const found = single.includes(name) ? full : [...samples(schema, false), ...full];
    return found.map((sample, n) => {
      // A delivery's due is read from `dueAt`.
      const { due, dueAt = due, ...row } = z.record(z.string(), z.unknown()).parse(sample);
      const own = rowOf[name](String(n), { ...row, version: "version" in row ? 3 : undefined });
      return {
        ...own,
        ...(typeof dueAt === "number" && dueAttributes(own, dueAt)),
        format: rowFormat.version,
      };
    });
  });

/** Describes a schema. `name?` may be missing. */
const shapeOf = (schema: unknown): unknown => {
  if (schema instanceof z.ZodObject)
    return Object.fromEntries(
      Object.entries(schema.shape).map(([name, part]) => {
        return [isOptional(part) ? `${name}?` : name, shapeOf(part)];
      }),
    );
  if (schema instanceof z.ZodUnion) return { oneOf: schema.options.map(shapeOf) };
  if (schema instanceof z.ZodArray) return [shapeOf(schema.element)];
  if (schema instanceof z.ZodRecord) return { "*": shapeOf(schema.valueType) };
  if (schema instanceof z.ZodEnum) return { oneOf: schema.options };
  if (schema instanceof z.ZodLiteral) return { oneOf: [...schema.values] };
  if (schema instanceof z.ZodNullable) return { oneOf: [null, shapeOf(schema.unwrap())] };
  if (isWrapper(schema)) return shapeOf(schema.unwrap());
  return schema instanceof z.ZodType ? schema.type : "unknown";
};

/** The shape of every kind, which changes with each attribute. */
export const rowShapes = (): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    kindNames.map((name) => {
      const kind: StoredKind = storedKinds[name];
      return [name, { ...(kind.writtenOnly && { writtenOnly: kind.writtenOnly }), row: shapeOf(kind.schema) }];
    }),
  );
