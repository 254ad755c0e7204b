import { type Entry, type Feed, feedFolder } from "../domain/feed.ts";
import type { Site } from "../domain/site.ts";
import { minute } from "../domain/time.ts";
import type {
  Clock,
  Encode,
  Fault,
  FeedRef,
  FeedState,
  Feeds,
  Formats,
  Log,
  Memberships,
  Objects,
  Posts,
  Rendered,
} from "../ports.ts";
import { entriesOf, readWindow } from "./window.ts";

export interface RenderPorts {
  readonly posts: Posts;
  readonly feeds: Feeds;
  readonly memberships: Memberships;
  readonly objects: Objects;
  readonly formats: Formats;
  readonly encode: Encode;
  readonly site: (id: string) => Site;
  readonly clock: Clock;
  readonly log: Log;
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
  const holder = ports.unique();
  const leased = await ports.feeds.lease(ref.site, ref.key, holder, now, now + renderLease);
  if (leased === undefined) return;
  const site = ports.site(ref.site);
  const window = await readWindow(site, ref.key, now, ports);
  const siblings = ref.key === "main" ? (await ports.feeds.all(ref.site)).filter(({ key }) => key !== "main") : [];
  const { rendered, faults } = pass(site, leased, entriesOf(site, window.posts), siblings, ports.formats);
  for (const fault of faults)
    ports.log.alarm(
      "gate",
      `${ref.key}: ${fault.entry === undefined ? "the last good feed stays" : `${fault.entry} is left out`}: ${fault.problem}`,
      { ...ref, ...fault },
    );
  if (rendered !== undefined && !(await write(leased, rendered, holder, ports))) {
    await ports.feeds.touch(ref.site, ref.key, undefined, ports.clock());
    return;
  }
  await ports.feeds.release(leased, holder, { faults, due: window.due });
};

const feedOf = (site: Site, state: FeedState, entries: readonly Entry[], siblings: Feed["siblings"]): Feed => {
  const isMain = state.key === "main";
  const folder = feedFolder(state.key).split("/").map(encodeURIComponent).join("/");
  return {
    site,
    key: state.key,
    title: isMain ? site.title : `${state.title} – ${site.title}`,
    description: isMain ? site.description : `${state.title}: posts of ${site.title}`,
    homeUrl: isMain ? site.url : new URL(folder, site.feedsUrl).href,
    baseUrl: new URL(folder, site.feedsUrl).href,
    updated: entries.length === 0 ? founded(site) : Math.max(...entries.map(({ updated }) => updated)),
    author: site.author,
    language: site.language,
    entries,
    siblings: isMain ? siblings : [{ key: "main", title: site.title }],
  };
};

/** An empty feed is as old as the site's tag: no feed is stamped with the time of its making. */
const founded = ({ authority }: Site): number => Date.UTC(Number(/,(\d{4})/.exec(authority)?.[1] ?? 2026), 0, 1);

interface Passed {
  /** Absent where the last good feed must stay. */
  readonly rendered?: readonly Rendered[] | undefined;
  readonly faults: readonly Fault[];
}

/** Renders past the gate. A poisonous entry is left out alone and named (interleaving 29). */
const pass = (
  site: Site,
  state: FeedState,
  entries: readonly Entry[],
  siblings: Feed["siblings"],
  formats: Formats,
): Passed => {
  const attempt = (some: readonly Entry[]): { rendered: readonly Rendered[]; faults: readonly Fault[] } => {
    const feed = feedOf(site, state, some, siblings);
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

/** False when the lease or an object has gone to somebody else. */
const write = async (
  state: FeedState,
  rendered: readonly Rendered[],
  holder: string,
  ports: RenderPorts,
): Promise<boolean> => {
  for (const { file, contentType, text } of rendered) {
    for (const { suffix, encoding, bytes } of ports.encode(text)) {
      const key = `${feedFolder(state.key)}${file}${suffix}`;
      const stored = await ports.objects.read(key);
      if (stored !== undefined && sameBytes(stored.bytes, bytes)) continue;
      if (!(await ports.feeds.holds(state.site, state.key, holder, ports.clock()))) return false;
      if (!(await ports.objects.put(key, bytes, { contentType, encoding, over: stored?.etag }))) return false;
    }
  }
  return true;
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
