import type { ConsoleRows, PostsDueLater, RefsInState } from "../ports/console-rows.ts";
import { listQuery, parsePosition } from "./delivery-rows.ts";
import { dueEntry } from "./due-index.ts";
import { dueShards, indexes, parseRef } from "./keys.ts";
import { readIndexKeys, rowKey, type Table } from "./table.ts";

/** Apart from the other rows, so that only the console has this code. */

/** So many keys of what is held are read at once, because the kinds of holds are counted: a read of 400 keys is a small one. */
const heldInPage = 400;

const tableRefsInState =
  (table: Table): RefsInState =>
  async (account, list, from) => {
    const { rows, next } = await readIndexKeys(table, {
      ...listQuery(account, list),
      ...(list === "held" && { limit: heldInPage }),
      from,
    });
    const refs = rows.flatMap(({ position, ...entry }) => {
      const ref = parseRef(rowKey.parse(entry));
      return ref?.kind === "delivery" ? { ...ref, ...parsePosition(list, Number(position)) } : [];
    });
    return { refs, next };
  };

/** The index has feeds, pings, notices and deliveries, too. */
const laterInShard = 400;

const tablePostsDueLater =
  (table: Table): PostsDueLater =>
  async (site, after) => {
    const pages = await Promise.all(
      dueShards.map(async (partition) => {
        const { rows, next } = await table.page({
          index: indexes.due,
          partition,
          sort: { after },
          limit: laterInShard,
        });
        const entries = rows.map((row) => dueEntry.parse(row));
        return { entries, end: next === undefined ? undefined : entries.at(-1)?.dueAt };
      }),
    );
    const ends = pages.flatMap(({ end }) => end ?? []);
    const until = ends.length === 0 ? undefined : Math.min(...ends);
    const refs = pages
      .flatMap(({ entries }) => entries)
      .filter(({ dueAt }) => until === undefined || dueAt <= until)
      .toSorted((one, other) => one.dueAt - other.dueAt)
      .map(({ dueAt, ...key }) => ({ position: dueAt, ref: parseRef(key) }));
    return {
      posts: refs.flatMap(({ ref, position }) =>
        ref?.kind === "post" && ref.site === site ? [{ post: ref.id, position }] : [],
      ),
      deliveries: refs.flatMap(({ ref, position }) =>
        ref?.kind === "delivery" && ref.site === site ? [{ ...ref, position }] : [],
      ),
      until,
    };
  };

export const tableConsoleRows = (table: Table): ConsoleRows => ({
  refsInState: tableRefsInState(table),
  postsDueLater: tablePostsDueLater(table),
});
