import { join } from "node:path";
import type { Client } from "../api/api-client.ts";
import type { Answer } from "../api/operations.ts";
import type { PlannedPostJson, PlannedSnippetJson, PostStatusJson } from "../contract/posts.ts";
import type { Reason } from "../contract/values.ts";
import { sectionIndexes } from "../domain/document.ts";
import { reasonText } from "../domain/findings.ts";
import { whyOff } from "../domain/post.ts";
import {
  type CommandResult,
  columns,
  type Flags,
  type Format,
  hasStatus,
  joined,
  type Line,
  minuteAndZone,
  price,
} from "./command.ts";
import {
  documentsIn,
  isFolder,
  isRange,
  type RangeDocument,
  readDocument,
  readRange,
  sentFile,
} from "./document-files.ts";
import { announcement, originText, reachLabels, warningLines } from "./output.ts";
import { planFile } from "./publish-documents.ts";

const planResult = (
  documents: readonly PlannedDocument[],
  none: string,
  client: Client,
  { markdown }: Flags,
): CommandResult => {
  const toLines = markdown ? plannedMarkdown : plannedLines;
  return {
    answer: { documents },
    lines: documents.length === 0 ? [none] : toLines(documents, client),
    failed: documents.some(({ result }) => result === "refused"),
  };
};

/** Plans a document, a folder of documents, or the documents that a range of commits changes. */
export const plan = async (client: Client, place: string, flags: Flags): Promise<CommandResult> => {
  if (await isFolder(place))
    return planResult(await planFolder(client, place), `${place} contains no Markdown files.`, client, flags);
  if (isRange(place))
    return planResult(
      await planRange(client, place, flags.folder),
      `${place} changes no Markdown files in this folder.`,
      client,
      flags,
    );
  if (flags.markdown) return planResult(await planOne(client, place), "", client, flags);
  const answer = await planFile(client, place);
  return { answer, lines: planLines(answer) };
};

/** The plan for a document. Accounts with the same outcome are grouped. */
interface PlannedDocument {
  readonly path: string;
  readonly result: "post" | "page" | "refused" | "deleted";
  readonly accounts: readonly {
    readonly names: readonly string[];
    readonly when: string;
    readonly reason: string | null;
    /** For `later`: the earliest moment. */
    readonly at: string | null;
  }[];
  /** The reason why it is a page or refused. */
  readonly reason?: string;
  /** Its path before the range of commits that moves it. */
  readonly movedFrom?: string;
  readonly title?: string;
  readonly url?: string;
  readonly warnings: readonly Reason[];
  readonly snippets: readonly PlannedSnippetJson[];
}

/** A document to plan, with the attributes of its file that are sent to the API. */
interface Source {
  readonly path: string;
  readonly sent: ReturnType<typeof sentFile>;
  readonly read: () => Promise<Uint8Array>;
}

const groupByOutcome = ({ post, snippets }: Answer<"plan">): PlannedDocument["accounts"] => {
  if (post?.social.off) return [{ names: [], when: "never", reason: whyOff(post.social), at: null }];
  const groups = Map.groupBy(snippets, ({ announced: { when, reason } }) => `${when}\n${reason ?? ""}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ names: group.map(({ account }) => account), ...first.announced }];
  });
};

/** Returns the plan, or the reason why the document is refused. */
const planDocument = async (client: Client, { read, sent }: Source): Promise<Answer<"plan"> | string> => {
  try {
    return await client.request("plan", { markdown: await read(), query: sent });
  } catch (error) {
    if (!hasStatus(error, [413, 422])) throw error;
    return error.message;
  }
};

const noPost = (path: string, result: PlannedDocument["result"], reason?: string): PlannedDocument => ({
  path,
  result,
  accounts: [],
  ...(reason !== undefined && { reason }),
  warnings: [],
  snippets: [],
});

const planAll = async (
  client: Client,
  sources: readonly Source[],
  sections: ReadonlySet<string>,
): Promise<readonly PlannedDocument[]> => {
  const plans = new Map<string, Answer<"plan">>();
  const refused = new Map<string, string>();
  for (const source of sources.filter(({ path }) => !sections.has(path))) {
    const planned = await planDocument(client, source);
    if (typeof planned === "string") refused.set(source.path, planned);
    else plans.set(source.path, planned);
  }
  const announced = heldByBreaker(plans);
  return sources.map(({ path }) => {
    const plan = announced.get(path);
    if (plan?.post !== undefined) {
      const { post, warnings, snippets } = plan;
      return {
        path,
        result: "post",
        accounts: groupByOutcome(plan),
        title: post.label,
        url: post.url,
        warnings,
        snippets,
      };
    }
    const refusal = refused.get(path);
    if (refusal !== undefined) return noPost(path, "refused", refusal);
    const reason = plan === undefined ? "it is the index of a folder that holds other documents" : (plan.page ?? "");
    return noPost(path, "page", reason);
  });
};

/** Plans one file in the same form as the files of a folder. */
const planOne = (client: Client, file: string): Promise<readonly PlannedDocument[]> =>
  planAll(client, [{ path: file, sent: sentFile(file), read: () => readDocument(file) }], new Set());

/** Plans every document of a folder as if all accounts were connected. Nothing is stored or sent. */
const planFolder = async (client: Client, folder: string): Promise<readonly PlannedDocument[]> => {
  const paths = await documentsIn(folder);
  const toSource = (path: string): Source => {
    const file = join(folder, path);
    return { path, sent: { ...sentFile(file), name: path }, read: () => readDocument(file) };
  };
  return planAll(client, paths.map(toSource), sectionIndexes(paths));
};

/** Plans the documents that a range of commits changes, as of its end. */
const planRange = async (client: Client, range: string, folder: string): Promise<readonly PlannedDocument[]> => {
  const { changed, paths, read } = await readRange(range, folder);
  const toSources = ({ path, file }: RangeDocument): readonly Source[] =>
    file === undefined ? [] : [{ path, sent: sentFile(file), read: () => read(path) }];
  const planned = new Map(
    (await planAll(client, changed.flatMap(toSources), sectionIndexes(paths))).map((one) => [one.path, one] as const),
  );
  return changed.map(({ path, movedFrom }) => ({
    ...(planned.get(path) ?? noPost(path, "deleted")),
    ...(movedFrom !== undefined && { movedFrom }),
  }));
};

type Plan = Answer<"plan">;

const publicationTime = ({ post }: Plan): number => (post?.published ? Date.parse(post.published) : 0);

/**
 * If many documents arrive together, the breaker of an account holds the last articles and the last notes. The plan
 * assumes that the oldest arrive first.
 */
const heldByBreaker = (plans: ReadonlyMap<string, Plan>): ReadonlyMap<string, Plan> => {
  const sent = new Map<string, number>();
  const held = (
    { account, announced, breaker }: Plan["snippets"][number],
    post: Plan["post"],
  ): Plan["snippets"][number]["announced"] => {
    if (announced.when !== "now" && breaker === null) return announced;
    const counted = `${post?.title === null ? "notes" : "articles"} of ${account}`;
    const before = sent.get(counted) ?? 0;
    sent.set(counted, before + 1);
    return breaker === null || before < breaker.after ? announced : { when: "held", reason: breaker.reason, at: null };
  };
  const inOrder = [...plans].toSorted(([, one], [, other]) => publicationTime(one) - publicationTime(other));
  return new Map(
    inOrder.map(([path, plan]) => [
      path,
      { ...plan, snippets: plan.snippets.map((snippet) => ({ ...snippet, announced: held(snippet, plan.post) })) },
    ]),
  );
};

const indent = (text: string): readonly string[] => text.split("\n").map((line) => (line === "" ? "" : `    ${line}`));

const existingLines = (existing: PostStatusJson | null, timeZone: string): readonly string[] => {
  if (existing?.status === "deleted") return ["  it was removed: publishing it by hand restores it"];
  const edited = (existing?.deliveries ?? []).filter(({ text, posted }) => text !== null && posted === null);
  return [
    ...(existing?.status === "live" ? [`  already published, ${announcement(existing, timeZone)}`] : []),
    ...edited.map(({ account }) => `  ${account} has a text that was edited by hand, in the place of the one below`),
  ];
};

const originLines = (origins: Answer<"plan">["origins"]): readonly string[] => {
  const fields = Object.entries(origins).map(([field, from]) => `${field} ${from.map(originText).join(" ")}`);
  return fields.length === 0 ? [] : [`  read from: ${fields.join(", ")}`];
};

const inFormat = (format: Format, lines: readonly string[]): readonly Line[] => lines.map((text) => ({ text, format }));

const characterCount = (length: number, limit: number): string =>
  `${length.toLocaleString("en")} of ${limit.toLocaleString("en")} characters`;

/** The length, language and cost of a text, shown beside it. */
export const measures = ({
  length,
  limit,
  article,
  language,
  cost,
}: Pick<PlannedSnippetJson, "length" | "limit" | "article" | "language" | "cost">): string =>
  joined(", ", [
    article === null
      ? characterCount(length, limit)
      : `the whole post as an article of ${article.toLocaleString("en")} characters`,
    `language ${language}`,
    cost !== null && price(cost),
  ]);

/** The text of a post, followed by the posts of its thread. */
export const textLines = ({
  text,
  replies,
  limit,
  article,
}: Pick<PlannedSnippetJson, "text" | "replies" | "limit" | "article">): readonly string[] => [
  ...(article === null ? indent(text) : []),
  ...replies.flatMap((reply) => [`    ↳ ${characterCount(reply.length, limit)}:`, ...indent(reply.text)]),
];

const cardLines = (card: PlannedSnippetJson["card"]): readonly string[] =>
  card === null ? [] : [`card: ${card.title}`, ...(card.description === "" ? [] : [`      ${card.description}`])];

const warningPlaces: Readonly<Record<string, string>> = {
  field: "in a field of its own",
  text: "above the text",
  spoiler: "above the text, which is hidden until a reader asks for it",
};

const contentWarningLines = ({ contentWarning }: PlannedSnippetJson): readonly string[] =>
  contentWarning === null
    ? []
    : [`content warning "${contentWarning.text}": ${warningPlaces[contentWarning.place] ?? contentWarning.place}`];

/** The reason why none of several accounts would announce a post now, if it is the same for all. */
const sharedReason = (snippets: readonly PlannedSnippetJson[]): string | null => {
  const [reason = null, ...others] = new Set(snippets.map(({ announced }) => announced.reason));
  return snippets.length > 1 && others.length === 0 ? reason : null;
};

/** `shared`: a reason that is shown once for all accounts, and is not repeated here. */
const snippetLines = (snippet: PlannedSnippetJson, shared: string | null): readonly Line[] => {
  const { account, network, length, limit, reach, card, announced } = snippet;
  const { reason } = announced;
  return [
    "",
    {
      text: `  ${account} (${network}, ${reachLabels[reach] ?? reach}): ${measures(snippet)}`,
      format: length > limit ? "red" : "bold",
    },
    ...inFormat("yellow", reason === null || reason === shared ? [] : [`    not now: ${reason}`]),
    ...textLines(snippet),
    ...inFormat(
      "dim",
      [...contentWarningLines(snippet), ...cardLines(card), ...pictureLines(snippet)].map((line) => `    ${line}`),
    ),
  ];
};

const markLines = ({ contentWarning, sensitive = false }: PlannedPostJson["social"]): readonly string[] => [
  ...(contentWarning === undefined ? [] : [`  content warning: ${contentWarning}`]),
  ...(sensitive ? ["  marked as sensitive, where a network can do that"] : []),
];

const postLines = (
  post: PlannedPostJson,
  { warnings, snippets, origins, existing, timeZone }: Omit<Answer<"plan">, "post" | "page">,
): readonly Line[] => {
  const shared = sharedReason(snippets);
  return [
    { text: post.label, format: "bold" },
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

type PlannedPicture = PlannedSnippetJson["pictures"][number];

const formats: Readonly<Record<string, string>> = { "image/jpeg": "JPEG", "image/png": "PNG" };

const fileSize = (bytes: number): string =>
  bytes < 1_000_000
    ? `${Math.ceil(bytes / 1000)} KB`
    : `${(bytes / 1_000_000).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;

const fileText = ({ prepared, cap }: PlannedPicture): string => {
  if (prepared !== null) {
    const { mediaType, width, height, size } = prepared;
    return `${formats[mediaType] ?? mediaType}, ${width} × ${height}, ${fileSize(size)}`;
  }
  if (cap === null) return "as it is";
  return `scaled down where it has more than ${cap.maxSide.toLocaleString("en")} pixels or ${fileSize(cap.maxBytes)}`;
};

const altText = ({ alt, sendsAlt }: PlannedPicture): string => {
  if (alt === null) return "no alternative text";
  return sendsAlt ? `alt "${alt}"` : "its alternative text is not sent";
};

/** Describes the pictures that an account sends with a post, or why it sends none. Empty if the post has no picture. */
export const pictureLines = ({ pictures }: Pick<PlannedSnippetJson, "pictures">): readonly string[] => {
  const [first] = pictures;
  return first !== undefined && pictures.every(({ sent }) => sent === "none")
    ? [`no picture is sent: ${first.reason ?? ""}`]
    : pictures.flatMap(pictureText);
};

const pictureText = (picture: PlannedPicture): readonly string[] => {
  const { sent, url, reason } = picture;
  if (sent === "none") return [`picture: ${url}`, `      is not sent: ${reason ?? ""}`];
  const how = sent === "file" ? fileText(picture) : "loaded by the network";
  return [
    `picture: ${url}`,
    `      ${how}; ${altText(picture)}`,
    ...(reason === null ? [] : [`      so far ${reason}`]),
  ];
};

const labels: Readonly<Record<string, string>> = { now: "would go out", later: "later", never: "no" };

const plannedSummary = (documents: readonly PlannedDocument[], { command }: Pick<Client, "command">): string => {
  const isFor = ({ accounts }: PlannedDocument, when: string): boolean =>
    accounts.some((account) => account.when === when);
  const count = (when: string): number => documents.filter((document) => isFor(document, when)).length;
  const later = documents.filter((document) => isFor(document, "later") && !isFor(document, "now")).length;
  const going = joined(", ", [
    `If every account were connected now, ${count("now")} of ${documents.length} would go out`,
    later > 0 && `${later} later`,
  ]);
  const held = count("held");
  return held === 0
    ? `${going}.`
    : `${going}, and ${held} would be held for at least one account: the newest, if the oldest come in first. ${command("release --all")} sends what is held.`;
};

const changeText = ({ result, reason, movedFrom }: PlannedDocument): string => {
  if (result === "deleted") return "its post is removed from the feeds, and its copies from the networks that allow it";
  return reason ?? (movedFrom === undefined ? "" : `moved from ${movedFrom}`);
};

/** Rows of four cells: the document, the accounts, whether they announce it, and why. */
const plannedRows = (documents: readonly PlannedDocument[]): readonly (readonly string[])[] =>
  documents.flatMap((document) => {
    const { path, result, accounts } = document;
    if (result !== "post") return [[path, "", result, changeText(document)]];
    if (accounts.length === 0) return [[path, "", "no", "no account announces it"]];
    return accounts.map(({ names, when, reason }, index) => [
      index === 0 ? path : "",
      names.join(", "),
      labels[when] ?? when,
      reason ?? (index === 0 ? changeText(document) : ""),
    ]);
  });

const plannedHeadings = ["DOCUMENT", "ACCOUNTS", "ANNOUNCED", "WHY"] as const;

/** A table of the documents and accounts, and a summary. */
const plannedLines = (documents: readonly PlannedDocument[], client: Pick<Client, "command">): readonly string[] => [
  ...columns([plannedHeadings, ...plannedRows(documents)]),
  "",
  plannedSummary(documents, client),
];

/**
 * Escapes Markdown in the text of a document. A zero-width space after each @ prevents a comment from notifying people.
 */
const escaped = (text: string): string =>
  text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]<>()#!|~&]/g, "\\$&")
    .replaceAll("@", "@\u200B");

const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;

/** `shared`: a reason that the table shows for all accounts, and is not repeated here. */
const notNow = ({ reason }: PlannedSnippetJson["announced"], shared: string | null): string =>
  reason === null || reason === shared ? "" : `; not now: ${escaped(reason)}`;

const snippetMarkdown = (snippet: PlannedSnippetJson, shared: string | null): readonly string[] => {
  const { account, network, reach, card, announced } = snippet;
  const below = [...contentWarningLines(snippet), ...cardLines(card), ...pictureLines(snippet)];
  const name = `**${escaped(account)}** (${escaped(network)}, ${reachLabels[reach] ?? escaped(reach)})`;
  return [
    "",
    `${name}: ${measures(snippet)}${notNow(announced, shared)}`,
    "",
    ...textLines(snippet),
    ...(below.length === 0 ? [] : ["", ...below.map((line) => `    ${line}`)]),
  ];
};

const postMarkdown = ({ path, title = path, url = "", warnings, snippets }: PlannedDocument): readonly string[] => [
  "",
  `### ${escaped(title)}`,
  "",
  `\`${path.replaceAll("`", "'")}\` at ${url}`,
  ...(warnings.length === 0 ? [] : ["", ...warnings.map((warning) => `- ${escaped(reasonText(warning))}`)]),
  ...snippets.flatMap((snippet) => snippetMarkdown(snippet, sharedReason(snippets))),
];

/** A comment for a pull request: a table of all documents, then the texts of each post. */
const plannedMarkdown = (documents: readonly PlannedDocument[], client: Pick<Client, "command">): readonly string[] => [
  row(plannedHeadings.map((heading) => `${heading[0]}${heading.slice(1).toLowerCase()}`)),
  row(plannedHeadings.map(() => "---")),
  ...plannedRows(documents).map(row),
  "",
  plannedSummary(documents, client),
  ...documents.filter(({ result }) => result === "post").flatMap(postMarkdown),
];
