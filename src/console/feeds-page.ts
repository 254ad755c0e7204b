import { html } from "hono/html";
import { listFeeds, listSources } from "../app/status/feed-status.ts";
import { readReported } from "../app/status/find-post.ts";
import type { FeedStatus, SourceStatus } from "../contract/installation-status.ts";
import { byImportance } from "../domain/feed-key.ts";
import { reasonText } from "../domain/findings.ts";
import { type Html, moment, outside, type PageContent, type Part, row, state, type View } from "./parts.ts";
import { counted, inWords, sentence } from "./words.ts";

/** The feeds with what their gate found, the sources, and the documents that are no posts. */

const orNever = (at: number | undefined, view: View, never = "not yet"): Part =>
  at === undefined ? never : moment(at, view);

export const feedState = ({ faults, rendered, shortened }: FeedStatus): Html => {
  if (rendered === undefined) return state("wait", "not written yet");
  const [fault] = faults;
  if (fault === undefined)
    return html`${state("ok", "valid")}${shortened === 0 ? "" : html`<small>${counted(shortened, "entry is", "entries are")} summaries: the feed would be too large</small>`}`;
  const left = faults.filter(({ entry }) => entry !== undefined).length;
  const words = left === faults.length ? `${counted(left, "entry", "entries")} left out` : "the last good feed stays";
  return html`${state("bad", words)}<small>${inWords(`${fault.file}: ${fault.problem}`)}</small>`;
};

const hubText = ({ hubs }: FeedStatus, view: View): Part =>
  hubs.length === 0
    ? "no hub"
    : html`${hubs.map(({ url, pinged, reason }) => html`<small>${new URL(url).host}: ${reason === undefined ? orNever(pinged, view) : inWords(reason)}</small>`)}`;

const feedRow = (feed: FeedStatus, view: View): Html =>
  html`<tr><td><p class="t" dir="auto"><a href="${feed.url}">${feed.title}</a></p><small>${(feed.addresses.length === 0 ? [feed.url] : feed.addresses).map((address) => new URL(address).pathname).join(" · ")}</small></td><td data-k="State">${feedState(feed)}</td><td data-k="Written">${orNever(feed.rendered, view)}</td><td data-k="Told to hubs">${hubText(feed, view)}</td></tr>`;

const sourceRow = ({ name, listed, poll }: SourceStatus, view: View): Html => {
  const first = html`<td><p class="t"><code>${name}</code></p>${poll === undefined ? "" : html`<small>${outside(poll.url, poll.url)}</small>`}</td>`;
  if (poll === undefined)
    return html`<tr>${first}<td data-k="State">${listed === undefined ? state("wait", "is being listed") : state("ok", "watched")}</td><td data-k="Listed">${orNever(listed, view)}</td><td data-k="Next">when a file changes</td></tr>`;
  const bad = poll.answer === "failed";
  return html`<tr>${first}<td data-k="State">${bad ? state("bad", `${counted(poll.failures, "poll")} in a row failed`) : state("ok", counted(poll.entries, "entry", "entries"))}${poll.problem === undefined ? "" : html`<small>${inWords(poll.problem)}</small>`}</td><td data-k="Listed">${orNever(poll.polled, view)}</td><td data-k="Next">${orNever(poll.next, view, "soon")}</td></tr>`;
};

/** At most this many feeds are read, and as many of the documents that are refused or wait. */
const most = 40;

export const feedsPage = async (view: View): Promise<PageContent> => {
  const { site, ports } = view;
  const [listed, sources, { refused, waiting, hasMore }] = await Promise.all([
    listFeeds(site, ports, most),
    listSources(site, ports),
    readReported(site.id, most, ports),
  ]);
  const feeds = listed.toSorted((one, other) => byImportance(one.key, other.key));
  const faulty = feeds.filter(({ faults }) => faults.length > 0);
  const documents = [
    ...waiting.map(({ path, since, reason }) =>
      row(moment(since, view), html`<code>${path}</code>`, [
        html`${state("ask", "Deletion waits for a yes")} ${sentence(inWords(reason))}`,
        html`To delete it: <code>${ports.command(`remove ${path}`, site.id)}</code>`,
      ]),
    ),
    ...refused.map(({ path, at, reasons }) =>
      row(moment(at, view), html`<code>${path}</code>`, [
        state("bad", "Refused"),
        ...reasons.map((reason) => inWords(reasonText(reason))),
      ]),
    ),
  ];
  return {
    title: "Feeds and sources",
    isLive: true,
    body: html`<h1>Feeds and sources</h1>
<section aria-labelledby="f"><h2 id="f">Feeds <small>${feeds.length - faulty.length} valid${faulty.length === 0 ? "" : `, ${faulty.length} with a fault`}</small></h2>${feeds.length === 0 ? html`<p class="empty">There is no feed yet: it comes with the first post.</p>` : html`<table><thead><tr><th scope="col">Feed</th><th scope="col">State</th><th scope="col">Written</th><th scope="col">Told to hubs</th></tr></thead><tbody>${[...faulty, ...feeds.filter((feed) => !faulty.includes(feed))].map((feed) => feedRow(feed, view))}</tbody></table>`}${feeds.length === most ? html`<p class="hint">The ${most} most important feeds are shown. <code>${ports.command("feeds", site.id)}</code> lists all.</p>` : ""}</section>
<section aria-labelledby="s"><h2 id="s">Sources</h2>${sources.length === 0 ? html`<p class="empty">Posts come by the API only.</p>` : html`<table><thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col">Last read</th><th scope="col">Next</th></tr></thead><tbody>${sources.map((source) => sourceRow(source, view))}</tbody></table>`}</section>
<section aria-labelledby="refused"><h2 id="refused">Refused documents <small>${documents.length}${hasMore ? " and more" : ""}</small></h2>${documents.length === 0 ? html`<p class="empty">None is refused, and no deletion waits for a yes.</p>` : html`<ul class="rows">${documents}</ul>`}</section>`,
  };
};
