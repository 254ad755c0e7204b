import fc from "fast-check";
import { indexes } from "../../src/store/keys.ts";
import { type Change, type Condition, collect, type Query, type Row, type Table } from "../../src/store/table.ts";

const small = fc.integer({ min: -2, max: 3 });
const sortKey = fc.constantFrom("a", "a#", "a#1", "a#é", "a#日", "a#😀", "b", "b#\u{10ffff}", "b#\u{10ffff}a");
const key = fc.record({ pk: fc.constantFrom("P", "p"), sk: sortKey });
const text = fc.constantFrom("", "a", "A", "2", "é", "e\u0301", 'quoted "', "back\\slash", "\u0000", "日本");
const holder = fc.constantFrom("one", "two");
const body = fc.uint8Array({ minLength: 1, maxLength: 4 });

/** Attributes by name. A number and a text are the same only where their types are. */
const attributes = {
  version: fc.oneof(small, text),
  nudges: small,
  revision: small,
  failures: fc.oneof(small, fc.constant(null)),
  post: text,
  title: fc.oneof(text, small),
  lease: fc.record({ holder, until: small }),
  list: fc.array(fc.oneof(text, small, fc.boolean(), fc.constant(null)), { maxLength: 3 }),
  map: fc.dictionary(fc.constantFrom("a", "a.b", "#c", "state"), fc.oneof(text, small), { maxKeys: 2 }),
};
const due = fc.record({ dueShard: fc.constantFrom("d", "e"), dueAt: small });
const listed = fc.record({ sitePosts: fc.constantFrom("d", "e"), updated: small }, { requiredKeys: [] });

const row: fc.Arbitrary<Row> = fc
  .tuple(
    fc.record(attributes, { requiredKeys: [] }),
    fc.option(due, { nil: {} }),
    listed,
    fc.record({ body }, { requiredKeys: [] }),
  )
  .map((parts) => Object.assign({}, ...parts));

const single: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom<Condition>({ kind: "absent" }, { kind: "present" }),
  small.map((version): Condition => ({ kind: "notNewer", version })),
  fc
    .tuple(
      fc.constantFrom("version", "nudges", "revision", "failures", "post", "title"),
      fc.oneof<[typeof small, typeof text]>(small, text),
    )
    .map(([field, value]): Condition => ({ kind: "is", field, value })),
  fc.constantFrom("lease", "failures").map((field): Condition => ({ kind: "lacks", field })),
  fc.tuple(fc.constantFrom("dueBy", "dueLater"), small).map(([kind, at]): Condition => ({ kind, at })),
  small.map((now): Condition => ({ kind: "leaseFree", now })),
  fc.tuple(fc.constantFrom("leaseOf", "leaseNotOf"), holder).map(([kind, name]): Condition => ({ kind, holder: name })),
);
const condition = fc.oneof(
  { weight: 3, arbitrary: single },
  {
    weight: 1,
    arbitrary: fc.array(single, { minLength: 1, maxLength: 3 }).map((of): Condition => ({ kind: "all", of })),
  },
);

/** DynamoDB refuses a change that names an attribute twice, and adds only to numbers. */
const change: fc.Arbitrary<Change> = fc.record(
  {
    set: fc.record(
      { version: small, title: text, lease: attributes.lease, list: attributes.list, body },
      { requiredKeys: [] },
    ),
    setIfMissing: fc.record({ post: text, map: attributes.map }, { requiredKeys: [] }),
    remove: fc.constantFrom<string[]>([], ["failures"], ["failures", "dueAt", "dueShard"], ["sitePosts"]),
    add: fc.record({ nudges: small, revision: small }, { requiredKeys: [] }),
  },
  { requiredKeys: ["set"] },
);

const limit = fc.integer({ min: 1, max: 4 });
const query: fc.Arbitrary<Query> = fc.oneof(
  fc.record(
    {
      partition: fc.constantFrom("P", "p"),
      sort: fc.oneof(
        sortKey.map((prefix) => ({ prefix })),
        fc.tuple(sortKey, sortKey).map(([one, other]) => {
          const between = Buffer.compare(Buffer.from(one), Buffer.from(other)) > 0 ? [other, one] : [one, other];
          return { between: [between[0] ?? "", between[1] ?? ""] as const };
        }),
      ),
      newestFirst: fc.boolean(),
      limit,
    },
    { requiredKeys: ["partition", "limit"] },
  ),
  fc.record(
    {
      index: fc.constantFrom(indexes.due, indexes.site),
      partition: fc.constantFrom("d", "e"),
      sort: small.map((atMost) => ({ atMost })),
      newestFirst: fc.boolean(),
      limit,
    },
    { requiredKeys: ["index", "partition", "limit"] },
  ),
);

/** Makes one call and returns its answer. */
type Call = (table: Table) => Promise<unknown>;

/** Rows of an index that share a moment have no order. */
const answerOf = (asked: Query, rows: readonly Row[]) =>
  asked.index === undefined
    ? rows
    : {
        order: rows.map((one) => one[asked.index?.sort ?? ""]),
        rows: rows.map((one) => JSON.stringify(Object.entries(one).toSorted())).toSorted(),
      };

/** Any call of a table, with its name. */
export const tableCall: fc.Arbitrary<readonly [string, Call]> = fc.oneof(
  fc.tuple(key, row, fc.option(condition, { nil: undefined })).map(([at, of, when]) => {
    const named = ["put", at, of, when];
    return [JSON.stringify(named), (table: Table) => table.put({ ...of, ...at }, when)] as const;
  }),
  fc
    .tuple(key, change, condition)
    .map(
      ([at, by, when]) =>
        [JSON.stringify(["update", at, by, when]), (table: Table) => table.update(at, by, when)] as const,
    ),
  fc
    .tuple(key, fc.option(condition, { nil: undefined }))
    .map(([at, when]) => [JSON.stringify(["remove", at, when]), (table: Table) => table.remove(at, when)] as const),
  key.map((at) => [JSON.stringify(["get", at]), (table: Table) => table.get(at)] as const),
  query.map(
    (asked) =>
      [JSON.stringify(["page", asked]), async (table: Table) => answerOf(asked, await collect(table, asked))] as const,
  ),
);
