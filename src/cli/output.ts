import type { Answer } from "../api/operations.ts";
import type { AccountJson, FeedJson, SourceJson } from "../contract/installation-status.ts";
import type { PostStatusJson } from "../contract/posts.ts";
import type { Reason } from "../contract/values.ts";
import { reasonText } from "../domain/findings.ts";
import { columns, joined, minute, minuteAndZone, truncate } from "./command.ts";
import { type CommandFor, commandForFirstSite, deliveryLines } from "./delivery-verbs.ts";
import { historyLines } from "./history.ts";

/** The name of a post in a command: its path, or the slug of a post at the root of the site, whose path is empty. */
export const postName = ({ slug, path }: { readonly slug: string; readonly path: string }): string => path || slug;

export const warningLines = (warnings: readonly Reason[]): readonly string[] =>
  warnings.map((warning) => `  note: ${reasonText(warning)}`);

export const reachLabels: Readonly<Record<string, string>> = {
  real: "for real",
  sandbox: "sandbox",
  none: "not connected: does not post",
};

/** Describes where a post was announced, and the state of the other deliveries. */
export const announcement = ({ deliveries, reason }: PostStatusJson, timeZone: string): string => {
  const generation = Math.max(...deliveries.map((delivery) => delivery.generation));
  const latest = deliveries.filter((delivery) => delivery.generation === generation);
  const announced = latest.filter(({ posted }) => posted !== null);
  const [first] = announced.flatMap(({ posted }) => posted ?? []).toSorted();
  return joined("; ", [
    first !== undefined &&
      `announced on ${minuteAndZone(first, timeZone)} by ${announced.map(({ account }) => account).join(", ")}`,
    ...latest.filter(({ posted }) => posted === null).map(({ account, state }) => `${account}: ${state}`),
    latest.length === 0 && joined(": ", ["not announced", reason]),
  ]);
};

/** Returns a key in backticks, or unchanged the description of the origin of a field without a key. */
export const originText = (from: string): string => (from === "nothing" || from.includes(" ") ? from : `\`${from}\``);

/** In a terminal a long slug is truncated, so that there is room for the title. In a pipe it is complete. */
export const listLines = (
  { posts, timeZone }: Omit<Answer<"list">, "next">,
  terminalWidth = Number.POSITIVE_INFINITY,
): readonly string[] => {
  const longest = Math.max(20, Math.floor(terminalWidth * 0.4));
  const rows = posts.map((post) => [
    minute(post.changed, timeZone),
    post.published === null ? "–" : minute(post.published, timeZone),
    post.status,
    truncate(postName(post), longest),
    post.label,
  ]);
  return posts.length === 0
    ? ["No posts yet."]
    : columns([[`CHANGED (${timeZone})`, "PUBLISHED", "STATUS", "SLUG", "TITLE"], ...rows]).map((line) =>
        truncate(line, terminalWidth),
      );
};

export const upcomingLines = ({
  deliveries,
  scheduled,
  timeZone,
}: Omit<Answer<"upcoming">, "next">): readonly string[] => {
  const rows = [
    ...deliveries.map(({ due, account, slug, reason }) => ({ at: due ?? "", accounts: [account], slug, reason })),
    ...scheduled.map((post) => ({ ...post, reason: "scheduled" })),
  ].toSorted((a, b) => a.at.localeCompare(b.at, "en"));
  return rows.length === 0
    ? ["Nothing waits to be sent by itself. What is held goes out when you release it."]
    : columns([
        [`FROM (${timeZone})`, "ACCOUNT", "POST", "WHY IT WAITS"],
        ...rows.map(({ at, accounts, slug, reason }) => [
          at === "" ? "" : minute(at, timeZone),
          accounts.join(", "),
          slug,
          reason ?? "",
        ]),
      ]);
};

const whenPublished = ({ status, published, timeZone }: Answer<"status">): string => {
  if (published === null) return "";
  return `${status === "scheduled" ? " for" : ", published"} ${minuteAndZone(published, timeZone)}`;
};

export const statusLines = (post: Answer<"status">, command?: CommandFor): readonly string[] => [
  post.label,
  `  ${post.url}`,
  `  ${post.status}${whenPublished(post)}${post.reason === null ? "" : ` (${post.reason})`}`,
  ...(post.whyNote === null ? [] : [`  a note: ${post.whyNote}`]),
  ...warningLines(post.warnings),
  ...(post.movedFrom === null ? [] : [`  the same post as before at ${post.movedFrom}, whose address still names it`]),
  ...post.translations.map(({ language, url }) => `  in ${language}: ${url}`),
  ...(post.deliveries.length === 0
    ? [`  no deliveries${post.status === "scheduled" ? " before then" : ""}`]
    : deliveryLines(post.deliveries, post.timeZone, command)),
  ...historyLines(post.deliveries, post.timeZone),
];

export const removedLines = (name: string, { remaining }: Pick<Answer<"remove">, "remaining">): readonly string[] => [
  `removed ${name}`,
  ...(remaining === null
    ? []
    : [
        `  ${remaining} is still there: an edit of it brings the post back. Delete it, or hold it with \`draft: true\`.`,
      ]),
];

export const refusedLines = ({ refused, waiting, timeZone }: Answer<"refused">): readonly string[] => {
  const lines = [
    ...refused.flatMap(({ path, reasons }) => [
      `Refused ${path}`,
      ...reasons.map((reason) => `  ${reasonText(reason)}`),
    ]),
    ...waiting.flatMap(({ path, slug, since, page, reason }) => [
      `${page === undefined ? "Missing" : "A page now:"} ${path} since ${minuteAndZone(since, timeZone)}: the post ${slug} stays until you confirm its deletion`,
      ...(page === undefined ? [] : [`  ${page}`]),
      `  ${reason}`,
    ]),
  ];
  return lines.length === 0 ? ["No document is refused, and no deletion is to be confirmed."] : lines;
};

export const pageLines = ({ pages }: Answer<"pages">): readonly string[] =>
  pages.length === 0
    ? ["No document is a page: each is a post, or refused."]
    : columns([["PAGE", "WHY"], ...pages.map(({ path, reason }) => [path, reason])]);

const faultLine = ({ file, problem, entry }: FeedJson["faults"][number]): string =>
  entry === undefined
    ? `!! ${file} ${problem}: the last good feed stays`
    : `!! ${file === "" ? "" : `${file}: `}${entry} ${problem}: only this entry is left out`;

const hubLines = (hubs: FeedJson["hubs"]): readonly string[] =>
  hubs.flatMap(({ url, reason }) => (reason === null ? [] : [`  !! the hub ${url} was not notified: ${reason}`]));

export const feedLines = ({ feeds }: Answer<"feeds">): readonly string[] =>
  feeds.length === 0
    ? ["No feeds yet."]
    : feeds.flatMap(({ url, addresses, title, faults, shortened, hubs }) => [
        `${url}  ${title}`,
        ...addresses.map((address) => `  ${address}`),
        ...faults.map((fault) => `  ${faultLine(fault)}`),
        ...(shortened === 0
          ? []
          : [`  ${shortened} of its entries are summaries: with their bodies it would be too large`]),
        ...hubLines(hubs),
      ]);

const pollLines = (poll: NonNullable<SourceJson["poll"]>, name: string, timeZone: string): readonly string[] => {
  const { url, polled, answer, next, entries, failures, problem } = poll;
  const answers: Readonly<Record<string, string>> = {
    entries: `${entries} ${entries === 1 ? "entry" : "entries"}`,
    unchanged: `nothing new since its ${entries} ${entries === 1 ? "entry" : "entries"}`,
    failed: `no feed, ${failures === 1 ? "once" : `${failures} times in a row`}`,
  };
  return [
    ...(name === `feed:${url}` ? [] : [`  it has moved to ${url}: write that into the configuration`]),
    `  ${joined(", ", [
      polled === null ? "not polled yet" : `polled ${minuteAndZone(polled, timeZone)}`,
      answer !== null && (answers[answer] ?? answer),
      next !== null && `next poll ${minuteAndZone(next, timeZone)}`,
    ])}`,
    ...(problem === null ? [] : [`  !! ${problem}`]),
  ];
};

export const sourceLines = ({ sources, timeZone }: Answer<"sources">): readonly string[] =>
  sources.length === 0
    ? ["No sources: posts come by the API alone."]
    : sources.flatMap(({ name, listed, poll }) => [
        name,
        `  ${listed === null ? "not completely listed yet: what it holds becomes history" : `listed since ${minuteAndZone(listed, timeZone)}: what came later is announced`}`,
        ...(poll === null ? [] : pollLines(poll, name, timeZone)),
      ]);

const countText = ({ count, more }: AccountJson["waiting"]): string => `${count}${more ? "+" : ""}`;

/** Says what the last check of the login found. A problem can be one of now, such as a secret that cannot be read. */
const loginNote = (
  { reach, identity, problem, loginEndsAt, loginProblem, checked, paused }: AccountJson,
  timeZone: string,
  command: CommandFor,
): string => {
  const end = loginEndsAt !== null && `the login ends at ${minuteAndZone(loginEndsAt, timeZone)}`;
  const found = joined("; ", [identity !== null && `logged in as ${identity}`, problem, loginProblem ?? end]);
  if (checked !== null) return joined(", ", [found, `checked ${minuteAndZone(checked, timeZone)}`]);
  const isUnknown = reach === "real" && paused === null;
  return joined("; ", [found, isUnknown && `its login was not checked yet: ${command("accounts --check")}`]);
};

const accountNote = (account: AccountJson, timeZone: string, command: CommandFor): string => {
  const { problem, stopped, paused, next, failed } = account;
  return joined("; ", [
    stopped !== null &&
      `stopped since ${minuteAndZone(stopped.since, timeZone)}${stopped.by === null ? "" : ` by ${stopped.by}`}: ${stopped.why}`,
    loginNote(account, timeZone, command),
    paused && `paused since ${minuteAndZone(paused.since, timeZone)}${problem === null ? `: ${paused.reason}` : ""}`,
    next &&
      stopped === null &&
      (paused === null
        ? `next post from ${minuteAndZone(next.at, timeZone)}: ${next.reason}`
        : `tried again at ${minuteAndZone(next.at, timeZone)}`),
    failed.count > 0 && `${countText(failed)} failed`,
  ]);
};

/** Lists what would be sent if the accounts that are not connected were connected now. */
const ifConnectedLines = (
  accounts: readonly AccountJson[],
  timeZone: string,
  command: CommandFor,
): readonly string[] => {
  const silent = accounts.filter(({ ifConnected }) => ifConnected?.length === 0).map(({ name }) => name);
  const lines = [
    ...accounts.flatMap(({ name, ifConnected }) =>
      ifConnected === null || ifConnected.length === 0
        ? []
        : [
            `If ${name} were connected now, this would go out:`,
            ...columns(
              ifConnected.map(({ slug, at, reason }) => [
                `  ${slug}`,
                joined(", ", [reason, at && `from ${minuteAndZone(at, timeZone)}`]),
              ]),
            ),
          ],
    ),
    ...(silent.length === 0 ? [] : [`If ${silent.join(", ")} were connected now, nothing would go out.`]),
  ];
  if (lines.length === 0) return [];
  return ["", ...lines, `What was published before is announced only by ${command("publish SLUG")}.`];
};

export const accountLines = (
  { accounts, timeZone }: Answer<"accounts">,
  command: CommandFor = commandForFirstSite,
): readonly string[] => {
  if (accounts.length === 0) return ["No accounts: add some to crier.config.ts."];
  return [
    ...columns([
      ["ACCOUNT", "NETWORK", "POSTS", "TODAY", "WAITING", "UNDER WAY", "HELD", "UNKNOWN", "NOTE"],
      ...accounts.map((account) => [
        account.name,
        account.network,
        reachLabels[account.reach] ?? account.reach,
        account.dailyCap === null ? "" : `${account.sentToday} of ${account.dailyCap}`,
        countText(account.waiting),
        countText(account.underWay),
        countText(account.held),
        countText(account.unknown),
        accountNote(account, timeZone, command),
      ]),
    ]),
    ...ifConnectedLines(accounts, timeZone, command),
  ];
};
