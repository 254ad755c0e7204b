import { rowKey } from "../store/index-pages.ts";
import { isOfOneHome, type Key, refOf } from "../store/keys.ts";
import type { Row } from "../store/table.ts";

/** A Crier without documents makes these by itself: its feeds, and that its sources were listed. */
const isOfEmptyHome = ({ pk, sk }: Key): boolean => /^(?:FEED|SITE)#/.test(pk) || isOfOneHome({ pk, sk });

const counted = (count: number, name: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? name : name.replace(/y$/, "ie").concat("s")}`];

/** What a home holds, in words; undefined where it is empty. */
export const contentsOf = async (rows: Iterable<Row> | AsyncIterable<Row>): Promise<string | undefined> => {
  const counts = { post: 0, delivery: 0, other: 0 };
  for await (const row of rows) {
    const key = rowKey.parse(row);
    if (isOfEmptyHome(key)) continue;
    const kind = refOf(key)?.kind;
    counts[kind === "post" || kind === "delivery" ? kind : "other"] += 1;
  }
  const found = [
    ...counted(counts.post, "post"),
    ...counted(counts.delivery, "delivery"),
    ...counted(counts.other, "other row"),
  ];
  return found.length === 0 ? undefined : found.join(", ");
};
