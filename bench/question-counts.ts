import { countImport } from "./count-import.ts";
import { type Answer, atMost, number, type Sizes } from "./findings.ts";

/** What an import asks the table for. */
export const askCounts = async ({ imports }: Sizes): Promise<Answer> => {
  const [posts = 1_000] = imports;
  const { counts } = await countImport(posts);
  const each = (total: number): number => total / posts;
  return {
    id: "counts",
    title: "Rows written by an import",
    how: `${number(posts)} posts of one category, without accounts. Calls of the table; those whose condition fails are included. Units are computed for each row as DynamoDB charges them, 1 KB each.`,
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
