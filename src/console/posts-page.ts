import { html } from "hono/html";
import { isAnnouncedLater } from "../app/status/delivery-status.ts";
import { postsNamed, postsOfFile } from "../app/status/find-post.ts";
import { isLeaving } from "../app/status/overview.ts";
import { listPosts, summarise } from "../app/status/status.ts";
import type { PostSummary } from "../contract/posts.ts";
import type { Delivery } from "../domain/delivery.ts";
import { BadCursor } from "../domain/errors.ts";
import type { PostHead } from "../domain/post.ts";
import { type Html, hidden, moment, type PageContent, type Part, type StateKind, state, type View } from "./parts.ts";
import { inWords, listText, whyStillThere } from "./words.ts";

const isWaiting = ({ state: now }: Delivery): boolean => now === "pending" || now === "sending" || now === "unsettled";

const isThere = ({ state: now, hold }: Delivery): boolean =>
  now === "editing" || (now === "posted" && hold === undefined);

/** The names of the accounts that ask for an approval. Those in the sandbox ask for none. */
type Asking = ReadonlySet<string>;

const isAsked = ({ state: now, account, passed, sandbox }: Delivery, asking: Asking): boolean =>
  now === "pending" && !sandbox && passed.approval === undefined && asking.has(account);

/** What its deliveries are doing, the most urgent first. Undefined for one that is never sent. */
const groups: readonly (readonly [StateKind, words: string, includes: (one: Delivery, asking: Asking) => boolean])[] = [
  ["bad", "failed on", (one) => one.state === "failed"],
  ["ask", "unknown on", (one) => one.state === "unknown"],
  ["ask", "waits for approval on", (one) => one.state === "held" && one.hold === "approval"],
  ["ask", "held on", (one) => one.state === "held" && one.hold !== "approval"],
  ["ask", "edit waits for approval on", (one) => one.state === "posted" && one.hold !== undefined],
  ["ask", "needs your approval on", isAsked],
  ["wait", "waits on", (one, asking) => isWaiting(one) && !isAsked(one, asking)],
  ["ok", "posted on", (one) => isThere(one) && !one.sandbox],
  ["wait", "shown in the sandbox of", (one) => isThere(one) && one.sandbox],
  ["wait", "deleted on", ({ state: now }) => now === "deleted"],
];

/** The value of `list` for the posts that are scheduled. */
const scheduledList = "scheduled";

/** At most this many posts are on a page, because the deliveries of each are read. */
const mostPosts = 24;

/** More accounts than these are counted. */
const mostNamed = 3;

const accountsText = (accounts: readonly string[]): string =>
  accounts.length > mostNamed ? `${accounts.length} accounts` : listText(accounts);

/** The copy of the last announcement of each account. All copies that are to be deleted are named, those of earlier ones too. */
const whereOf = (deliveries: readonly Delivery[], isRemoved: boolean, asking: Asking): readonly Html[] => {
  const line = (kind: StateKind, words: string, accounts: string): readonly Html[] =>
    accounts === "" ? [] : [html`<div>${state(kind, `${words} ${accounts}`)}</div>`];
  const leaving = deliveries.filter((one) => isLeaving(one, isRemoved));
  const leavingOn = (sandbox: boolean): string =>
    listText(leaving.filter((one) => one.sandbox === sandbox).map((one) => `${one.account}${whyStillThere(one)}`));
  const last = [...new Map(deliveries.map((one) => [one.account, one])).values()];
  return [
    ...line("ask", "still public on", leavingOn(false)),
    ...line("wait", "still in the sandbox of", leavingOn(true)),
    ...groups.flatMap(([kind, words, includes]) =>
      line(
        kind,
        words,
        accountsText(
          last.filter((one) => !leaving.includes(one) && includes(one, asking)).map(({ account }) => account),
        ),
      ),
    ),
  ];
};

const stateOf = (
  { status, reason }: PostSummary,
  deliveries: readonly Delivery[],
  asking: Asking,
  later: readonly string[] = [],
): Part => {
  const where = whereOf(deliveries, status === "deleted", asking);
  if (where.length > 0 && status !== "held")
    return html`${where}${status === "live" ? "" : html`<small>${status}</small>`}${reason === undefined ? "" : html`<small>${inWords(reason)}</small>`}`;
  if (status === "scheduled")
    return later.length === 0
      ? state("wait", "scheduled")
      : state("ask", `scheduled, needs your approval on ${accountsText(later)}`);
  if (status === "held") return html`${state("ask", "held")} <small>${inWords(reason ?? "")}</small>`;
  if (status === "deleted") return state("wait", "deleted");
  return reason === undefined
    ? state("ok", "in the feeds")
    : html`${state("ok", "in the feeds")} <small>${inWords(reason)}</small>`;
};

const finder = ({ href, sites, site, query }: View): Html =>
  html`<form class="tools" role="search" method="get" action="/console/posts">${sites[0]?.id === site.id ? "" : hidden("site", site.id)}<div class="grow"><label for="find">A title, a slug, an address or the path of a file</label><input type="search" id="find" name="find" value="${query("find") ?? ""}" dir="auto"></div><div><button>Find</button></div>${query("find") === undefined && query("list") === undefined ? "" : html`<div><a class="alt" href="${href("/console/posts")}">All posts</a></div>`}${query("list") === scheduledList ? "" : html`<div><a class="alt" href="${href("/console/posts", { list: scheduledList })}">Scheduled</a></div>`}</form>`;

/** A page of posts. `empty` is said where it has none. */
interface Listed {
  readonly rows: readonly PostSummary[];
  readonly next: string | undefined;
  readonly empty: Html;
  /** The accounts that announce each post at its date and ask for an approval of it, by its id. */
  readonly later?: ReadonlyMap<string, readonly string[]>;
  readonly hint?: string | undefined;
}

/** The posts with a slug or an address, or else those of a file. */
const find = async (name: string, { site, ports }: View): Promise<readonly PostHead[]> => {
  const named = await postsNamed(site, name, ports);
  return named.length > 0 ? named : postsOfFile(site, name, ports);
};

/** So many of the posts that changed last are looked at for the words of a title: no index has them. */
const mostTitles = 100;

/** Without case and accents, because a person who remembers a title types neither. */
const plain = (text: string): string => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** The posts with a name, and those of the newest whose titles have the words, each once. */
const search = async (name: string, view: View): Promise<Listed> => {
  const { site, ports, now } = view;
  const words = plain(name).split(/\s+/);
  const [named, newest] = await Promise.all([find(name, view), listPosts(site.id, undefined, ports, mostTitles)]);
  const titled = newest.rows.filter(({ label }) => words.every((word) => plain(label).includes(word)));
  const all = [
    ...new Map([...named.map((post) => summarise(post, now)), ...titled].map((post) => [post.id, post])).values(),
  ];
  const among = newest.next === undefined ? "" : ` of the ${mostTitles} that changed last`;
  const hint =
    all.length > mostPosts
      ? `More posts have these words in their titles: add one.`
      : among === "" || all.length === 0
        ? undefined
        : `Titles are looked for among the ${mostTitles} posts that changed last.`;
  return {
    rows: all.slice(0, mostPosts),
    next: undefined,
    hint,
    empty: html`No post has this slug, address or file, and none${among} has these words in its title.`,
  };
};

/** The next posts by their dates. */
const readScheduled = async ({ site, ports, query, now }: View, asking: Asking) => {
  const after = Number(query("from") ?? now);
  if (!Number.isSafeInteger(after)) throw new BadCursor();
  const { posts: due, until } = await ports.postsDueLater(site.id, Math.max(after, now));
  // Posts of one moment are on one page.
  const end = due[mostPosts - 1]?.position ?? until;
  const shown = due.filter(({ position }) => end === undefined || position <= end);
  const found = await Promise.all(shown.map(({ post }) => ports.posts.head(site.id, post)));
  const isLast = shown.length === due.length && until === undefined;
  const posts = found.filter((post) => post !== undefined);
  const accounts = ports.accounts.filter(({ name }) => asking.has(name));
  const announcing = (post: PostHead) => accounts.filter((account) => isAnnouncedLater(post, account, now));
  return {
    rows: posts.map((post) => summarise(post, now)),
    later: new Map(posts.map((post) => [post.id, announcing(post).map(({ name }) => name)])),
    next: isLast || end === undefined ? undefined : String(end),
  };
};

const readList = async (view: View, asking: Asking): Promise<Listed> => {
  const { site, ports, query } = view;
  const name = query("find")?.trim() || undefined;
  if (name !== undefined) return search(name, view);
  if (query("list") !== scheduledList)
    return {
      ...(await listPosts(site.id, query("from"), ports, mostPosts)),
      empty: html`There is no post yet. Save a Markdown file with a title and a date in the site’s folder, run <code>npx crier publish FILE</code>, or send a document to the API.`,
    };
  const { rows, next, later } = await readScheduled(view, asking);
  return {
    rows: rows.filter(({ status }) => status === "scheduled"),
    next,
    later,
    empty: html`Nothing ${next === undefined ? "is scheduled" : "of this page is scheduled"}.`,
  };
};

const readAsking = async ({ ports }: View): Promise<Asking> => {
  const names = ports.accounts.map(async (account) =>
    account.approve === true && (await ports.networks.destination(account)) === "real" ? [account.name] : [],
  );
  return new Set((await Promise.all(names)).flat());
};

/** All posts, the most recently changed first, those that are scheduled, or those with a name. */
export const postsPage = async (view: View): Promise<PageContent> => {
  const { site, ports, href, query } = view;
  const isScheduled = query("list") === scheduledList;
  const list = isScheduled ? scheduledList : undefined;
  const asking = await readAsking(view);
  const { rows, next, empty, hint, later } = await readList(view, asking);
  const deliveries = new Map(
    await Promise.all(rows.map(async ({ id }) => [id, await ports.deliveries.ofPost(site.id, id)] as const)),
  );
  const line = (post: PostSummary): Part =>
    html`<tr><td><p class="t" dir="auto"><a href="${href(`/console/posts/${encodeURIComponent(post.path)}`)}">${post.label}</a></p><small><bdi>${post.document}</bdi></small></td><td data-k="${post.status === "scheduled" ? "Planned for" : "Published"}">${post.published === undefined ? "" : moment(post.published, view)}</td><td data-k="State">${stateOf(post, deliveries.get(post.id) ?? [], asking, later?.get(post.id))}</td></tr>`;
  const table = html`<table><thead><tr><th scope="col">Post</th><th scope="col">${isScheduled ? "Planned for" : "Published"}</th><th scope="col">State</th></tr></thead><tbody>${rows.map(line)}</tbody></table>`;
  const title = isScheduled ? "Scheduled posts" : "Posts";
  return {
    title,
    body: html`<h1>${title}</h1>
${finder(view)}${rows.length === 0 ? html`<p class="empty">${empty}</p>` : table}${hint === undefined ? "" : html`<p class="hint">${hint}</p>`}
${next === undefined ? "" : html`<p class="end"><a class="alt" href="${href("/console/posts", { list, from: next })}" rel="next">${isScheduled ? "Later" : "Older"} posts</a></p>`}`,
  };
};
