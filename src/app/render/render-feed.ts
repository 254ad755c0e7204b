import { archivePage, type Entry, type Feed, feedFolder } from "../../domain/feed.ts";
import type { Site } from "../../domain/site.ts";
import { minute } from "../../domain/time.ts";
import type { Encode, Fault, Formats, Objects, Rendered } from "../../ports/feeds.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import type { Archive, FeedRef, FeedState, Feeds, ListedFeed, Memberships, Pings, Posts } from "../../ports/store.ts";
import { archiveOf } from "./archive-pages.ts";
import { feedOf } from "./feed-of.ts";
import { markPingPending, nudgeHubs } from "./hub-pings.ts";
import { entriesOf, readWindow } from "./window.ts";

export interface RenderPorts {
  readonly posts: Posts;
  readonly feeds: Feeds;
  readonly memberships: Memberships;
  readonly archive: Archive;
  readonly pings: Pings;
  readonly objects: Objects;
  readonly formats: Formats;
  readonly encode: Encode;
  readonly site: (id: string) => Site;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a cache may go on serving older bytes after a put, in ms. */
  readonly publicAfter: number;
  /** A feed that was just rendered waits so long, in ms: an import renders it a few times and not once a post. */
  readonly rest: number;
  /** Names one holder of a lease. */
  readonly unique: () => string;
}

/** Longer than any render may run (its function's timeout is shorter). */
export const renderLease = 2 * minute;

/** Writes every format of a due feed, under a lease, past the gate, where its bytes differ from what stands there now (design.md §2, rule 3). */
export const render = async (ref: FeedRef, ports: RenderPorts): Promise<void> => {
  const now = ports.clock();
  const state = await ports.feeds.read(ref.site, ref.key);
  if (state?.due === undefined || state.due > now) return;
  const since = now - (state.rendered ?? Number.NEGATIVE_INFINITY);
  // Rendered by a clock that is ahead of this one: it does not rest now.
  if (since >= 0 && since < ports.rest) return ports.feeds.rest(state, now + ports.rest - since);
  const holder = ports.unique();
  const leased = await ports.feeds.lease(ref.site, ref.key, holder, now, now + renderLease);
  if (leased === undefined) return;
  const site = ports.site(ref.site);
  const { place, more } = await archiveOf(site, ref.key, ports);
  const window = await readWindow(site, ref.key, now, ports);
  const siblings = ref.key === "main" ? (await ports.feeds.all(ref.site)).filter(isSibling) : [];
  const make = (some: readonly Entry[]): Feed =>
    feedOf(site, { state: leased, entries: some, siblings, archive: place });
  const { rendered, faults } = pass(entriesOf(site, window.posts), make, ports.formats);
  for (const fault of faults)
    ports.log.alarm(
      "gate",
      `${ref.key}: ${fault.entry === undefined ? "the last good feed stays" : `${fault.entry} is left out`}: ${fault.problem}`,
      { ...ref, ...fault },
    );
  const written = rendered === undefined ? "same" : await write(site, leased, rendered, holder, ports);
  if (written === "lost") {
    await ports.feeds.touch(ref.site, ref.key, undefined, ports.clock());
    return;
  }
  // A render that crashed left the mark: hubs are told even where nothing differs now, or the gate lets nothing pass.
  if (written === "put" || leased.pingPending) await nudgeHubs(site, leased, ports);
  const isEmpty = window.posts.length === 0;
  if (isEmpty !== leased.empty) {
    await ports.feeds.mark(leased, isEmpty);
    // Its page and its OPML lead to the feeds that have something to read.
    if (ref.key !== "main") await ports.feeds.touch(ref.site, "main", site.title, ports.clock());
  }
  await ports.feeds.release(leased, holder, { faults, due: more ? now : window.due, at: ports.clock() });
};

/** What the page and the OPML lead to. */
const isSibling = ({ key, empty }: ListedFeed): boolean => key !== "main" && !empty && archivePage(key) === undefined;

interface Passed {
  /** Absent where the last good feed must stay. */
  readonly rendered?: readonly Rendered[] | undefined;
  readonly faults: readonly Fault[];
}

/** Renders past the gate. A poisonous entry is left out alone and named (interleaving 29). */
const pass = (entries: readonly Entry[], make: (some: readonly Entry[]) => Feed, formats: Formats): Passed => {
  const attempt = (some: readonly Entry[]): { rendered: readonly Rendered[]; faults: readonly Fault[] } => {
    const feed = make(some);
    try {
      const rendered = formats.render(feed);
      return { rendered, faults: formats.gate(rendered, feed) };
    } catch (error) {
      return { rendered: [], faults: [{ file: "", problem: error instanceof Error ? error.message : String(error) }] };
    }
  };
  const whole = attempt(entries);
  if (whole.faults.length === 0) return whole;
  const blamed = new Map(whole.faults.flatMap((fault) => (fault.entry === undefined ? [] : [[fault.entry, fault]])));
  for (const entry of entries) {
    const [fault] = attempt([entry]).faults;
    if (fault !== undefined) blamed.set(entry.id, { ...fault, entry: entry.id });
  }
  const rest = attempt(entries.filter(({ id }) => !blamed.has(id)));
  return rest.faults.length === 0
    ? { rendered: rest.rendered, faults: [...blamed.values()] }
    : { faults: [...blamed.values(), ...rest.faults] };
};

/** `lost` when the lease or an object has gone to somebody else. */
const write = async (
  site: Site,
  state: FeedState,
  rendered: readonly Rendered[],
  holder: string,
  ports: RenderPorts,
): Promise<"put" | "same" | "lost"> => {
  let written: "put" | "same" = "same";
  for (const { file, contentType, text } of rendered) {
    for (const { suffix, encoding, bytes } of ports.encode(text)) {
      const key = `${site.folder}${feedFolder(state.key)}${file}${suffix}`;
      const stored = await ports.objects.read(key);
      if (stored !== undefined && sameBytes(stored.bytes, bytes)) continue;
      if (written === "same" && !(await markPingPending(site, state, holder, ports))) return "lost";
      if (!(await ports.feeds.holds(state.site, state.key, holder, ports.clock()))) return "lost";
      if (!(await ports.objects.put(key, bytes, { contentType, encoding, over: stored?.etag }))) return "lost";
      written = "put";
    }
  }
  return written;
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
