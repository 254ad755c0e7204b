import type { Verdict } from "../contract/rules.ts";
import { writeTable } from "./table.ts";

type Verdicts = ReadonlyMap<string, ReadonlyMap<string, Verdict>>;

/** Network × rule: whether it holds, or the number of the reason why the server cannot judge it. */
export const verdictTable = (verdicts: Verdicts): { readonly terminal: string; readonly markdown: string } => {
  const servers = [...verdicts.keys()];
  const rules = [...new Set([...verdicts.values()].flatMap((column) => [...column.keys()]))];
  const all = [...verdicts.values()].flatMap((column) => [...column.values()]);
  const reasons = [...new Set(all.flatMap((verdict) => (typeof verdict === "object" ? [verdict.lacks] : [])))];
  const cellOf = (verdict: Verdict | undefined): string =>
    typeof verdict === "object" ? `– (${reasons.indexOf(verdict.lacks) + 1})` : (verdict ?? "");
  const rows = rules.map((rule) => [rule, servers.map((server) => cellOf(verdicts.get(server)?.get(rule)))] as const);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const notes = reasons.map((reason, index) => `${index + 1}. ${reason}`);
  return {
    terminal: `${writeTable(["rule", ...servers], rows)}${notes.join("\n")}\n`,
    markdown: [
      line(["Rule", ...servers]),
      `|${["", ...servers].map(() => "---").join("|")}|`,
      ...rows.map(([rule, cells]) => line([rule, ...cells])),
      "",
      "Not judged, because:",
      "",
      ...notes,
    ].join("\n"),
  };
};
