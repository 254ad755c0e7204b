import type { PlannedPost, PlannedSnippet, PostStatus } from "../api/contract.ts";
import type { Answer } from "../api/endpoints.ts";
import { joined, minuteAndZone } from "./columns.ts";
import { announcement, originText, reachLabels, warningLines } from "./output.ts";
import { pictureLines } from "./picture-lines.ts";
import type { Format, Line } from "./subcommand.ts";

const indent = (text: string): readonly string[] => text.split("\n").map((line) => (line === "" ? "" : `    ${line}`));

const existingLines = (existing: PostStatus | null, timeZone: string): readonly string[] => {
  if (existing?.status === "deleted") return ["  it was removed: publishing it by hand restores it"];
  return existing?.status === "live" ? [`  already published, ${announcement(existing, timeZone)}`] : [];
};

const originLines = (origins: Answer<"plan">["origins"]): readonly string[] => {
  const fields = Object.entries(origins).map(([field, from]) => `${field} ${from.map(originText).join(" ")}`);
  return fields.length === 0 ? [] : [`  read from: ${fields.join(", ")}`];
};

const inFormat = (format: Format, lines: readonly string[]): readonly Line[] => lines.map((text) => ({ text, format }));

const charactersOf = (length: number, limit: number): string =>
  `${length.toLocaleString("en")} of ${limit.toLocaleString("en")} characters`;

const price = (cost: number): string => `$${cost.toFixed(3).replace(/0$/, "")}`;

/** What is said of a text beside it. */
export const measures = ({
  length,
  limit,
  article,
  language,
  cost,
}: Pick<PlannedSnippet, "length" | "limit" | "article" | "language" | "cost">): string =>
  joined(", ", [
    article === null
      ? charactersOf(length, limit)
      : `the whole post as an article of ${article.toLocaleString("en")} characters`,
    `language ${language}`,
    cost !== null && price(cost),
  ]);

/** The text of a post, and of each that replies to the one before. */
export const textLines = ({
  text,
  replies,
  limit,
  article,
}: Pick<PlannedSnippet, "text" | "replies" | "limit" | "article">): readonly string[] => [
  ...(article === null ? indent(text) : []),
  ...replies.flatMap((reply) => [`    ↳ ${charactersOf(reply.length, limit)}:`, ...indent(reply.text)]),
];

export const cardLines = (card: PlannedSnippet["card"]): readonly string[] =>
  card === null ? [] : [`card: ${card.title}`, ...(card.description === "" ? [] : [`      ${card.description}`])];

/** Why none of several accounts would announce it now, where that is the same for all. */
export const sharedReason = (snippets: readonly PlannedSnippet[]): string | null => {
  const [reason = null, ...others] = new Set(snippets.map(({ announced }) => announced.reason));
  return snippets.length > 1 && others.length === 0 ? reason : null;
};

/** `said`: what is said of all accounts together. */
const snippetLines = (snippet: PlannedSnippet, said: string | null): readonly Line[] => {
  const { account, network, length, limit, reach, card, announced } = snippet;
  const { reason } = announced;
  return [
    "",
    {
      text: `  ${account} (${network}, ${reachLabels[reach] ?? reach}): ${measures(snippet)}`,
      format: length > limit ? "red" : "bold",
    },
    ...inFormat("yellow", reason === null || reason === said ? [] : [`    not now: ${reason}`]),
    ...textLines(snippet),
    ...inFormat(
      "dim",
      [...cardLines(card), ...pictureLines(snippet)].map((line) => `    ${line}`),
    ),
  ];
};

const markLines = ({ contentWarning, sensitive = false }: PlannedPost["social"]): readonly string[] => [
  ...(contentWarning === undefined ? [] : [`  content warning, where a network has one: ${contentWarning}`]),
  ...(sensitive ? ["  marked as sensitive, where a network can do that"] : []),
];

const postLines = (
  post: PlannedPost,
  { warnings, snippets, origins, existing, timeZone }: Omit<Answer<"plan">, "post" | "page">,
): readonly Line[] => {
  const shared = sharedReason(snippets);
  return [
    { text: post.title, format: "bold" },
    `  ${post.url}`,
    `  slug ${post.slug}, ${post.published === null ? "no date" : `published ${minuteAndZone(post.published, timeZone)}`}`,
    ...originLines(origins),
    ...inFormat("yellow", post.hold === undefined ? [] : [`  held: ${post.hold}`]),
    ...markLines(post.social),
    ...existingLines(existing, timeZone),
    ...inFormat("yellow", shared === null || shared === post.hold ? [] : [`  not now, by any account: ${shared}`]),
    ...inFormat("yellow", warningLines(warnings)),
    ...snippets.flatMap((snippet) => snippetLines(snippet, shared)),
  ];
};

export const planLines = ({ post, page, ...planned }: Answer<"plan">): readonly Line[] =>
  post === undefined ? [`A page, not a post: ${page ?? ""}`] : postLines(post, planned);
