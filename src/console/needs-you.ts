import { html } from "hono/html";
import type { Overview, OverviewRow } from "../app/status/overview.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import { postPath } from "../domain/address.ts";
import { reasonText } from "../domain/findings.ts";
import { day, minute } from "../domain/time.ts";
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
import { capital, counted, inWords, listText, sentence, timeText, waitsFor } from "./words.ts";

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

/** A network that gives no answer for a moment needs nobody. */
const saidAfter = 2 * minute;

const closedAccounts = ({ accounts, stops }: Overview, view: View): readonly Html[] =>
  accounts.flatMap((account) => {
    const { name, paused, down, problem, loginProblem, waiting } = account;
    const stop = stops.accounts[name];
    const link = html`<a class="alt" href="${view.href("/console/accounts")}#${name}">Details<span class="vh"> of ${name}</span></a>`;
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
      [
        html`<a class="alt" href="${view.href(`/console/posts/${encodeURIComponent(one.delivery.slug)}`)}#${one.delivery.account}">Decide<span class="vh"> about ${about(one)}</span></a>`,
      ],
    );

const heldRows = ({ held }: Overview, view: View): readonly Html[] => {
  const ofKind = (kinds: readonly string[]) => held.filter(({ delivery }) => kinds.includes(delivery.hold ?? ""));
  const readFirst = (
    rows: readonly [OverviewRow, ...OverviewRow[]],
    words: string,
    label: string,
    acts: readonly Html[] = [],
  ): Html => {
    const [first] = rows;
    return row(
      moment(since(first.delivery), view),
      postLink(view, first),
      [
        html`${state("ask", words)} ${accountsOf(rows)}${first.delivery.hold === "approval" ? "" : `: ${inWords(first.delivery.reason ?? "")}`}`,
      ],
      [
        html`<a class="alt" href="${view.href(`/console/posts/${encodeURIComponent(first.delivery.slug)}`)}">${label}<span class="vh">: “${first.post.title}”</span></a>`,
        ...acts,
      ],
    );
  };
  const approvals = byPost(ofKind(["approval"])).map((rows) =>
    readFirst(rows, "Waits for your approval", "Read and approve"),
  );
  const breaker = ofKind(["breaker"]);
  const posts = byPost(breaker);
  const [oldest] = breaker;
  const stopped =
    oldest === undefined
      ? []
      : [
          row(
            moment(since(oldest.delivery), view),
            `${counted(posts.length, "post")} ${posts.length === 1 ? "is" : "are"} held by the breaker`,
            [
              html`${state("ask", "Held")} ${sentence(inWords(oldest.delivery.reason ?? ""))} Is this a batch that you meant to announce?`,
            ],
            [
              html`<a class="alt" href="${view.href("/console/held", { hold: "breaker" })}">See ${posts.length === 1 ? "it" : `all ${posts.length}`}</a>`,
            ],
          ),
        ];
  const others = byPost(ofKind(["live", "copy", "person", "returned", "unreadable"])).map((rows) =>
    readFirst(rows, "Held", "Details", [
      ...(rows.some(({ delivery }) => delivery.hold === "unreadable")
        ? []
        : [act(view, "release", "Release", { about: `“${rows[0].post.title}”`, fields: seenOf(rows) })]),
    ]),
  );
  const texts = ofKind(["text"]).map((one) =>
    row(
      moment(since(one.delivery), view),
      postLink(view, one),
      [html`${state("ask", "Held")} on ${one.delivery.account}: ${[...editedLine(one.delivery, view)]}`],
      [
        html`<a class="alt" href="${view.href(`/console/posts/${encodeURIComponent(one.delivery.slug)}`)}#${one.delivery.account}">Read both texts<span class="vh"> of ${about(one)}</span></a>`,
      ],
    ),
  );
  return [...texts, ...approvals, ...stopped, ...others];
};

/** A post whose date is later than this is not asked about on the first page: its own page takes the approval. */
const askedBefore = day;

/** What an approval that is given now lets go out at its time. After that it is held. */
const upcomingRows = ({ pending, scheduled }: Overview, view: View): readonly Html[] => {
  const { now, site, href } = view;
  const ask = (at: number | undefined, link: Html, path: string, title: string, accounts: string): Html => {
    const when = at === undefined ? "when its page is there" : at <= now ? "now" : timeText(at, now, site.timeZone);
    return row(
      at === undefined ? "" : moment(at, view),
      link,
      [html`${state("ask", `Goes out ${when} if you approve it`)} ${accounts}`],
      [
        html`<a class="alt" href="${href(`/console/posts/${encodeURIComponent(path)}`)}">Read and approve<span class="vh">: “${title}”</span></a>`,
      ],
    );
  };
  const planned = byPost(pending.filter(({ obstacle }) => obstacle === "approval")).map((rows) => {
    const [one] = rows;
    const times = rows.flatMap(({ delivery }) => (waitsFor(delivery) === "time" ? (delivery.due ?? []) : []));
    const at = times.length === 0 ? undefined : Math.min(...times);
    return ask(at, postLink(view, one), one.delivery.slug, one.post.title, accountsOf(rows));
  });
  const later = scheduled.flatMap(({ post, path, targets }) => {
    const asking = targets.filter(({ obstacle }) => obstacle === "approval");
    return asking.length === 0 || post.published - now > askedBefore
      ? []
      : [ask(post.published, scheduledLink(view, { post, path }), path, post.title, namesOf(asking))];
  });
  return [...planned, ...later];
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

export const unreadText = ({ documents, feeds, sources, unread }: Overview): readonly string[] => [
  ...(feeds === undefined ? ["The feeds could not be read now."] : []),
  ...(documents === undefined
    ? ["The refused documents could not be read now."]
    : documents.hasMore
      ? ["More documents are refused, or wait: the page of feeds has all."]
      : []),
  ...(sources === undefined ? ["The sources could not be read now."] : []),
  ...(unread.undecided === 0
    ? []
    : [
        `${counted(unread.undecided, "more delivery", "more deliveries")} ${unread.undecided === 1 ? "needs" : "need"} you: the page of held deliveries and those of the posts have them.`,
      ]),
];

/** Says that nothing needs a person only as far as it was looked at. */
const nothing = ({ accounts, documents, feeds, sources, unread }: Overview): string => {
  const isLoggedIn = accounts.every(({ reach }) => reach === "real");
  const logins = isLoggedIn ? "every account is logged in" : "no login is refused";
  if (unread.undecided > 0) return `Nothing else: ${logins}.`;
  const isAll = feeds !== undefined && sources !== undefined && documents !== undefined;
  return isAll
    ? `Nothing. ${capital(logins)}, ${feeds.unread === 0 ? "every feed is" : "the main feeds are"} valid, and nothing is held.`
    : `Nothing of what is looked at here: ${logins}, and nothing is held.`;
};

const mostNeeds = 12;

export const needsSection = (overview: Overview, needs: readonly Html[]): Html => {
  const more = needs.length - mostNeeds;
  const unread = [
    ...(more > 0 ? [`And ${counted(more, "more thing")}: decide about these first.`] : []),
    ...unreadText(overview),
  ];
  return html`<section aria-labelledby="needs"><h2 id="needs">Needs you ${needs.length === 0 ? "" : html`<small>${counted(needs.length, "thing")}${needs.length === 1 ? "" : ", the most urgent first"}</small>`}</h2>
${needs.length === 0 ? html`<p class="empty">${nothing(overview)}</p>` : html`<ul class="rows">${needs.slice(0, mostNeeds)}</ul>`}${unread.map((line) => html`<p class="hint">${line}</p>`)}</section>`;
};

/** A line for each thing. Four deliveries of a paused account are one of them. */
export const needsOf = (overview: Overview, view: View): readonly Html[] => {
  const { unknown, failed, unfinished } = overview;
  return [
    ...closedAccounts(overview, view),
    ...leavingRows(overview, view),
    ...unknown.map(undecidedRow(view, "ask", "Unknown", ["It is there", "It is not: send it"])),
    ...failed.map(failedRow(view)),
    ...unfinished.map(
      undecidedRow(view, "ask", "Only a part is known to be there", ["All of it is there", "Send what is missing"]),
    ),
    ...heldRows(overview, view),
    ...upcomingRows(overview, view),
    ...siteRows(overview, view),
  ];
};
