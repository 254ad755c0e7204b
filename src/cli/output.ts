import type { Accounts, Delivery, Feeds, Plan, Refused, Status, Summary } from "../api/contract.ts";
import { reasonText } from "../domain/refusal.ts";

/** Words of documents and networks must not drive the terminal: control characters go. */
const clean = (text: string): string => text.replaceAll(/[\p{Cc}\p{Bidi_Control}]+/gu, " ").trim();

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const width = (text: string): number => [...graphemes.segment(text)].length;

const cut = (text: string, most: number): string =>
  width(text) <= most
    ? text
    : `${[...graphemes.segment(text)]
        .slice(0, most - 1)
        .map(({ segment }) => segment)
        .join("")}…`;

/** Columns padded to the widest cell; the last one runs free. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const cells = rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? clean(cell) : cut(clean(cell), 100))),
  );
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ""))));
  return cells.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
      .join("  ")
      .trimEnd(),
  );
};

const minute = (moment: string): string => `${moment.slice(0, 16).replace("T", " ")}Z`;
const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${clean(line)}`))
    .join("\n");

export const warningLines = (warnings: Plan["warnings"]): readonly string[] =>
  warnings.map((warning) => `  note: ${clean(reasonText(warning))}`);

const reachWords: Readonly<Record<string, string>> = {
  real: "for real",
  sandbox: "sandbox",
  none: "not connected: no copy",
};

export const planLines = ({ post, warnings, snippets }: Plan): readonly string[] => [
  clean(post.title),
  `  ${clean(post.url)}`,
  `  slug ${clean(post.slug)}, published ${post.published === null ? "at first sight" : minute(post.published)}`,
  ...(post.hold === undefined ? [] : [`  held: ${clean(post.hold)}`]),
  ...warningLines(warnings),
  ...snippets.flatMap(({ account, network, text, length, limit, reach }) => [
    "",
    `  ${account} (${network}, ${reachWords[reach] ?? reach}) ${length}/${limit}`,
    indent(text),
  ]),
];

export const listLines = (posts: readonly Summary[]): readonly string[] =>
  posts.length === 0
    ? ["No posts yet."]
    : columns(posts.map(({ updated, status, slug, title }) => [minute(updated), status, slug, title]));

const about = ({ url, reason, due, attempts, sandbox }: Delivery): string =>
  [
    url ?? "",
    reason ?? "",
    due === null ? "" : `next ${minute(due)}`,
    attempts > 1 ? `${attempts} tries` : "",
    sandbox ? "sandbox" : "",
  ]
    .filter((part) => part !== "")
    .join(", ");

export const deliveryLines = (deliveries: readonly Delivery[]): readonly string[] =>
  columns(deliveries.map((delivery) => [delivery.account, delivery.state, about(delivery)])).flatMap((line, index) => {
    const delivery = deliveries[index];
    const asks = delivery !== undefined && ["failed", "unknown", "held"].includes(delivery.state);
    return [`  ${line}`, ...(asks ? [`    id ${delivery.id}`] : [])];
  });

export const statusLines = (post: Status): readonly string[] => [
  clean(post.title),
  `  ${clean(post.url)}`,
  `  ${post.status}, published ${minute(post.published)}${post.reason === null ? "" : ` (${clean(post.reason)})`}`,
  ...(post.deliveries.length === 0 ? ["  no deliveries"] : deliveryLines(post.deliveries)),
];

export const refusedLines = ({ refused }: Refused): readonly string[] =>
  refused.flatMap(({ path, reasons }) => [
    `Refused ${clean(path)}`,
    ...reasons.map((reason) => `  ${clean(reasonText(reason))}`),
  ]);

export const waitingLines = ({ waiting }: Refused): readonly string[] =>
  waiting.flatMap(({ path, slug, since, reason }) => [
    `Missing ${clean(path)} since ${minute(since)}: the post ${clean(slug)} stays until you say`,
    `  ${clean(reason)}`,
  ]);

export const accountLines = ({ accounts }: Accounts): readonly string[] =>
  accounts.length === 0
    ? ["No accounts: name some in crier.config.ts."]
    : columns(
        accounts.map(({ name, network, reach, problem, paused }) => [
          name,
          network,
          reachWords[reach] ?? reach,
          [problem ?? "", paused === null ? "" : `paused since ${minute(paused.since)}: ${paused.reason}`]
            .filter((part) => part !== "")
            .join("; "),
        ]),
      );

const faultLine = ({ file, problem, entry }: Feeds["feeds"][number]["faults"][number]): string =>
  entry === undefined
    ? clean(`!! ${file} ${problem}: the last good feed stays`)
    : clean(`!! ${file}: ${entry} ${problem}: it alone is left out`);

const hubLines = (hubs: Feeds["feeds"][number]["hubs"]): readonly string[] =>
  hubs.flatMap(({ url, reason }) =>
    reason === null ? [] : [`  ${clean(`!! the hub ${url} was not told: ${reason}`)}`],
  );

export const feedLines = ({ feeds }: Feeds): readonly string[] =>
  feeds.length === 0
    ? ["There is no feed yet."]
    : feeds.flatMap(({ url, title, faults, hubs }) => [
        `${clean(url)}  ${clean(title)}`,
        ...faults.map((fault) => `  ${faultLine(fault)}`),
        ...hubLines(hubs),
      ]);
