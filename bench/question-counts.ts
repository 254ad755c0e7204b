import { countImport } from "./count-import.ts";
import { type Answer, atMost, number, type Sizes } from "./findings.ts";

/** Counts the requests of an import to the table. */
export const askCounts = async ({ counted: posts }: Sizes): Promise<Answer> => {
  const { counts } = await countImport(posts);
  const each = (total: number): number => total / posts;
  return {
    id: "counts",
    title: "Rows written by an import",
    how: `${number(posts)} posts of one category, without accounts. Calls of the table; those whose condition fails are included. Units are computed for each row as DynamoDB charges them, 1 KB each.`,
    why: "DynamoDB charges a write by the whole row. A post's row has its body (compressed, 1 to 2 KB here) and is written twice: when its document is read, and when it is published. In a row of its own the body would be written once, and be one more row to write and to read. The other rows have less than 1 KB, and none of them can be left out of a first import: address, date and translation find the post again, a membership is in each of its feeds, and its place in the archive never changes.",
    findings: [
      atMost("writes a post", each(counts.writes + counts.failed), 10),
      { what: "reads a post", value: number(each(counts.reads)) },
      {
        what: "write units of the table a post",
        value: number(each(counts.tableUnits)),
        wanted: "at most 10",
        holds: each(counts.tableUnits) <= 10,
      },
      { what: "write units of its indexes a post", value: number(each(counts.indexUnits)) },
    ],
  };
};
