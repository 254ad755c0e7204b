import { html } from "hono/html";
import { askedBefore, type Overview, type OverviewRow } from "../app/status/overview.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import { postPath } from "../domain/address.ts";
import { holdKinds } from "../domain/delivery.ts";
import { reasonText } from "../domain/findings.ts";
import { minute } from "../domain/time.ts";
import {
  act,
  downText,
  type Html,
  moment,
  namesOf,
  pauseEnd,
  postLink,
  resumeActs,
  row,
  type StateKind,
  scheduledLink,
  seenDelivery,
  seenField,
  state,
  staysPublic,
  stopText,
  targetOf,
  type View,
} from "./parts.ts";
import { editedLine } from "./text-page.ts";
import { capital, counted, holdText, inWords, listText, sentence, timeText, waitsFor } from "./words.ts";

/** What needs a person, the most urgent first. */

export const accountsOf = (rows: readonly OverviewRow[]): string =>
  listText(rows.map(({ delivery }) => delivery.account).toSorted());

export const seenOf = (rows: readonly OverviewRow[]) => seenField(rows.map(({ delivery }) => seenDelivery(delivery)));

/** The deliveries of each post, in the order of their accounts. */
export const byPost = (rows: readonly OverviewRow[]): readonly (readonly [OverviewRow, ...OverviewRow[]])[] =>
  [...Map.groupBy(rows, ({ post }) => post.id).values()].flatMap((all) => {
    const [first, ...others] = all.toSorted((a, b) => (a.delivery.account < b.delivery.account ? -1 : 1));
    return first === undefined ? [] : [[first, ...others]];
  });

const titleOf = (id: string, path: string, view: View): Html => html`<a href="${view.href(path)}#${id}">${id}</a>`;

/** Leads to where a person decides. The words that are not seen tell it from the others of the page. */
const leads = (href: string, label: string, about: string): Html =>
  html`<a class="alt" href="${href}">${label}<span class="vh">${about}</span></a>`;

const postHref = (view: View, slug: string, part = ""): string =>
  `${view.href(`/console/posts/${encodeURIComponent(slug)}`)}${part}`;

/** A network that gives no answer for a moment needs nobody. */
const saidAfter = 2 * minute;

const closedAccounts = ({ accounts, stops }: Overview, view: View): readonly Html[] =>
  accounts.flatMap((account) => {
    const { name, paused, down, problem, loginProblem, waiting } = account;
    const stop = stops.accounts[name];
    const link = leads(`${view.href("/console/accounts")}#${name}`, "Details", ` of ${name}`);
    const waits =
      waiting.count === 0
        ? ""
        : ` ${counted(waiting.count, "post")}${waiting.more ? " and more" : ""} ${waiting.count === 1 ? "waits" : "wait"} for it, and none is lost.`;
    if (stop !== undefined)
      return [
        row(
          "",
          titleOf(name, "/console/accounts", view),
          [html`${state("bad", "Stopped")} since ${stopText(stop, view)}.${waits}`],
          [resumeActs(view, name, stop, `on ${name}`)],
        ),
      ];
    if (paused !== undefined)
      return [
        row(
          html`since ${moment(paused.since, view)}`,
          html`${name} posts nothing`,
          [html`${state("bad", "Paused")} ${sentence(inWords(paused.reason))} ${pauseEnd(paused.until, view)}${waits}`],
          [link],
        ),
      ];
    const text = problem ?? loginProblem;
    const line =
      text !== undefined
        ? html`${state("bad", "Login")} ${sentence(inWords(text))}`
        : down !== undefined && view.now - down.since >= saidAfter
          ? html`${state("bad", "Cannot be reached")} ${downText(down, view)}${waits}`
          : undefined;
    return line === undefined ? [] : [row("", titleOf(name, "/console/accounts", view), [line], [link])];
  });

/** Copies that are to be deleted and are still public: a line for each thing that is in the way. */
const leavingRows = ({ leaving }: Overview, view: View): readonly Html[] => {
  const causes = Map.groupBy(leaving, ({ obstacle, delivery: { reason } }) => obstacle ?? inWords(reason ?? ""));
  return [...causes].map(([cause, rows]) => {
    const posts = byPost(rows);
    const targets = rows.map(targetOf);
    const due = Math.min(...rows.flatMap(({ delivery }) => delivery.due ?? []));
    return row(
      moment(Math.min(...rows.map(({ delivery }) => since(delivery))), view),
      html`${posts.map(([one], index) => html`${index > 0 ? ", " : ""}${postLink(view, one)}`)}`,
      [
        html`${state("bad", "Still public")} on ${accountsOf(rows)}, and to be deleted. ${staysPublic(targets) ?? html`${sentence(cause)} It is tried again at ${moment(due, view)}.`}`,
      ],
    );
  });
};

const about = ({ delivery, post }: OverviewRow): string => `“${post.title}” on ${delivery.account}`;

const undecidedRow =
  (view: View, kind: StateKind, words: string, labels: readonly [there: string, not: string]) =>
  (one: OverviewRow): Html => {
    const { delivery } = one;
    const fields = seenOf([one]);
    return row(
      moment(delivery.posted ?? delivery.history.last.at(-1)?.at ?? delivery.history.planned, view),
      postLink(view, one),
      [
        html`${state(kind, words)} on ${delivery.account}: <strong>it may be there or not</strong>, and Crier does not guess.${delivery.due === undefined ? "" : html` It looks again at ${moment(delivery.due, view)}.`}`,
        ...(delivery.reason === undefined ? [] : [sentence(inWords(delivery.reason))]),
      ],
      [
        act(view, "resolve-posted", labels[0], { about: about(one), fields }),
        act(view, "resolve-retry", labels[1], { about: about(one), fields }),
      ],
    );
  };

const since = ({ history: { planned, first, last } }: DeliveryStatus): number =>
  (last.at(-1) ?? first.at(-1))?.at ?? planned;

const failedRow =
  (view: View) =>
  (one: OverviewRow): Html =>
    row(
      moment(since(one.delivery), view),
      postLink(view, one),
      [
        html`${state("bad", "Failed")} on ${one.delivery.account}: ${sentence(inWords(one.delivery.reason ?? "the network refused it"))}`,
      ],
      [leads(postHref(view, one.delivery.slug, `#${one.delivery.account}`), "Decide", ` about ${about(one)}`)],
    );

/** One post that is held, with what can be decided about it here. */
const heldRow = (rows: readonly [OverviewRow, ...OverviewRow[]], view: View): Html => {
  const [{ delivery, post }] = rows;
  const { hold, slug, account, reason } = delivery;
  const about = `“${post.title}”`;
  const accounts = accountsOf(rows);
  const [label, part, text] =
    hold === "approval"
      ? ["Read and approve", `#${account}`, html`${state("ask", "Waits for your approval")} ${accounts}`]
      : hold === "text"
        ? [
            "Read both texts",
            `#${account}`,
            html`${state("ask", "Held")} on ${accounts}: ${[...editedLine(delivery, view)]}`,
          ]
        : ["Details", "", html`${state("ask", "Held")} ${accounts}: ${inWords(reason ?? "")}`];
  return row(
    html`since ${moment(since(delivery), view)}`,
    postLink(view, rows[0]),
    [text],
    [
      leads(postHref(view, slug, part), label, `: ${about}`),
      ...(label === "Details" && hold !== "unreadable"
        ? [act(view, "release", "Release", { about, fields: seenOf(rows) })]
        : []),
    ],
  );
};

/** A line for each kind of hold, whatever number of posts it has: that of a single post has the post. */
const heldRows = ({ held, holds, unread }: Overview, view: View): readonly Html[] =>
  holds.map(({ kind, posts }) => {
    const [first] = byPost(held.filter(({ delivery }) => delivery.hold === kind));
    if (first !== undefined && posts === 1 && kind !== "breaker") return heldRow(first, view);
    const text = `${unread.held ? "At least " : ""}${counted(posts, "post")} ${holdText(kind, posts)}`;
    return row(
      first === undefined ? "" : html`since ${moment(since(first[0].delivery), view)}`,
      text,
      kind === "breaker" ? ["Is this a batch that you meant to announce?"] : [],
      [leads(view.href("/console/held", { hold: kind }), posts === 1 ? "See it" : "See all", `: ${text}`)],
    );
  });

/** Posts that go out at their time if they are approved before, the soonest first. After that they are held. */
const upcomingRows = ({ pending, scheduled }: Overview, view: View): readonly Html[] => {
  const { now, site } = view;
  const ask = (at: number | undefined, link: Html, href: string, title: string, accounts: string) => {
    const when = at === undefined ? "when its page is there" : at <= now ? "now" : timeText(at, now, site.timeZone);
    const line = row(
      at === undefined ? "" : moment(at, view),
      link,
      [html`${state("ask", `Goes out ${when} if you approve it`)} ${accounts}`],
      [leads(href, "Read and approve", `: “${title}”`)],
    );
    return { at: at ?? Number.POSITIVE_INFINITY, line };
  };
  const planned = byPost(pending.filter(({ obstacle }) => obstacle === "approval")).map((rows) => {
    const [one] = rows;
    const times = rows.flatMap(({ delivery }) => (waitsFor(delivery) === "time" ? (delivery.due ?? []) : []));
    const at = times.length === 0 ? undefined : Math.min(...times);
    const href = postHref(view, one.delivery.slug, `#${one.delivery.account}`);
    return ask(at, postLink(view, one), href, one.post.title, accountsOf(rows));
  });
  const later = scheduled.flatMap(({ post, path, targets }) => {
    const asking = targets.filter(({ obstacle }) => obstacle === "approval");
    return asking.length === 0 || post.published - now > askedBefore
      ? []
      : [ask(post.published, scheduledLink(view, { post, path }), postHref(view, path), post.title, namesOf(asking))];
  });
  return [...planned, ...later].toSorted((one, other) => one.at - other.at).map(({ line }) => line);
};

export const siteRows = ({ documents, feeds, sources }: Overview, view: View): readonly Html[] => {
  const link = (id: string, label: string) =>
    html`<a class="alt" href="${view.href("/console/feeds")}#${id}">${label}</a>`;
  return [
    ...(documents?.waiting ?? []).map(({ path, since: at, reason }) =>
      row(
        moment(at, view),
        html`<code>${path}</code>`,
        [html`${state("ask", "Deletion waits for a yes")} ${sentence(inWords(reason))}`],
        [link("refused", "Details")],
      ),
    ),
    ...(documents?.undated ?? []).map((post) =>
      row("", scheduledLink(view, { post, path: postPath(post) }), [
        html`${state("ask", "Held")} ${inWords(post.hold ?? "")}`,
      ]),
    ),
    ...(feeds?.faulty ?? []).map(({ title, faults }) =>
      row(
        "",
        title,
        [html`${state("bad", "Feed at fault")} ${sentence(inWords(faults[0]?.problem ?? ""))}`],
        [link("f", "Details")],
      ),
    ),
    ...(sources ?? []).flatMap(({ name, poll }) =>
      poll?.answer === "failed"
        ? [
            row(
              poll.polled === undefined ? "" : moment(poll.polled, view),
              name,
              [html`${state("bad", "Cannot be read")} ${sentence(inWords(poll.problem ?? ""))}`],
              [link("s", "Details")],
            ),
          ]
        : [],
    ),
    ...(documents?.refused ?? []).map(({ path, at, reasons }) =>
      row(
        moment(at, view),
        html`<code>${path}</code>`,
        [html`${state("bad", "Refused")} ${inWords(reasons.map(reasonText).join(" "))}`],
        [link("refused", "Details")],
      ),
    ),
  ];
};

export const unreadText = (
  { documents, feeds, sources, unread }: Overview,
  { href }: View,
): readonly (string | Html)[] => [
  ...(feeds === undefined ? ["The feeds could not be read now."] : []),
  ...(documents === undefined
    ? ["The refused documents could not be read now."]
    : documents.hasMore
      ? ["More documents are refused, or wait: the page of feeds has all."]
      : []),
  ...(sources === undefined ? ["The sources could not be read now."] : []),
  ...(unread.asking === 0
    ? []
    : [
        html`Up to ${counted(unread.asking, "more post")} of the next 24 hours may need your approval: <a href="${href("/console/posts", { list: "scheduled" })}">all scheduled posts</a>.`,
      ]),
  ...(unread.held
    ? [
        html`More posts ${holdKinds.map((hold) => html`<a href="${href("/console/held", { hold })}">${holdText(hold, 2)}</a>, `)}or are among those above.`,
      ]
    : []),
  ...(unread.undecided === 0
    ? []
    : [
        html`${counted(unread.undecided, "more delivery", "more deliveries")} ${unread.undecided === 1 ? "needs" : "need"} you: <a href="${href("/console/posts")}">their posts</a> have them.`,
      ]),
];

/** Says that nothing needs a person only as far as it was looked at. */
const nothing = ({ accounts, documents, feeds, sources, unread }: Overview): string => {
  const isLoggedIn = accounts.every(({ reach }) => reach === "real");
  const logins = isLoggedIn ? "every account is logged in" : "no login is refused";
  if (unread.undecided + unread.asking > 0 || unread.held) return `Nothing else: ${logins}.`;
  const isAll = feeds !== undefined && sources !== undefined && documents !== undefined;
  return isAll
    ? `Nothing. ${capital(logins)}, ${feeds.unread === 0 ? "every feed is" : "the main feeds are"} valid, and nothing is held.`
    : `Nothing of what is looked at here: ${logins}, and nothing is held.`;
};

const mostNeeds = 12;
/** At least so many of the things that have a line for each delivery. Each kind of hold has its line below them. */
const leastDeliveries = 4;

interface Needs {
  readonly count: number;
  /** The most urgent ones. */
  readonly rows: readonly Html[];
}

export const needsSection = (overview: Overview, { count, rows }: Needs, view: View): Html => {
  const more = count - rows.length;
  const unread = [
    ...(more > 0 ? [`And ${counted(more, "more thing")}: decide about these first.`] : []),
    ...unreadText(overview, view),
  ];
  return html`<section aria-labelledby="needs"><h2 id="needs">Needs you ${count === 0 ? "" : html`<small>${counted(count, "thing")}${count === 1 ? "" : ", the most urgent first"}</small>`}</h2>
${count === 0 ? html`<p class="empty">${nothing(overview)}</p>` : html`<ul class="rows">${rows}</ul>`}${unread.map((line) => html`<p class="hint">${line}</p>`)}</section>`;
};

/** A line for each cause. Four deliveries of a paused account are one of them. */
export const needsOf = (overview: Overview, view: View): Needs => {
  const { unknown, failed, unfinished } = overview;
  const first = [
    ...closedAccounts(overview, view),
    ...leavingRows(overview, view),
    ...unknown.map(undecidedRow(view, "ask", "Unknown", ["It is there", "It is not: send it"])),
    ...failed.map(failedRow(view)),
    ...unfinished.map(
      undecidedRow(view, "ask", "Only a part is known to be there", ["All of it is there", "Send what is missing"]),
    ),
  ];
  const then = [...heldRows(overview, view), ...upcomingRows(overview, view), ...siteRows(overview, view)];
  const rows = [...first.slice(0, Math.max(leastDeliveries, mostNeeds - then.length)), ...then].slice(0, mostNeeds);
  return { count: first.length + then.length, rows };
};
