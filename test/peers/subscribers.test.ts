import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type AMachine, clear } from "../support/machine.ts";
import { type Event, events, firstDocuments } from "./events.ts";
import { installPrograms } from "./programs.ts";
import { aQuietMachine } from "./quiet-machine.ts";
import { feedparser } from "./readers/feedparser.ts";
import { startMiniflux } from "./readers/miniflux.ts";
import { newsboat } from "./readers/newsboat.ts";
import { files, type Reader, type ShownEntry, type Subscription } from "./readers/reader.ts";
import { rss2email } from "./readers/rss2email.ts";
import { type Recorder, recorderFor } from "./recorder.ts";
import { writeTable } from "./table.ts";

/** The result that one reader showed after an event, and the status codes of two polls. */
interface Observation {
  readonly entries: readonly ShownEntry[];
  readonly news: readonly string[];
  readonly newsAgain: readonly string[];
  readonly statuses: readonly number[];
}

interface Subscriber {
  readonly reader: Reader;
  readonly address: string;
  readonly subscription: Subscription;
}

/** Every reader with each of its formats. */
const labels = [
  ["newsboat", "RSS"],
  ["newsboat", "Atom"],
  ["miniflux", "RSS"],
  ["miniflux", "Atom"],
  ["miniflux", "JSON Feed"],
  ["rss2email", "RSS"],
  ["rss2email", "Atom"],
  ["feedparser", "RSS"],
  ["feedparser", "Atom"],
] as const;
const labelOf = (reader: string, format: string): string => `${reader}, ${format}`;

const sorted = (titles: readonly string[]): readonly string[] => titles.toSorted();

const titlesOf = (entries: readonly ShownEntry[]): readonly string[] => sorted(entries.map(({ title }) => title));

const expectedTitles = (event: Event, { keeps }: Reader): readonly string[] =>
  ({ copies: event.copies, mails: event.mails, nothing: event.feed })[keeps];

const cellOf = ({ entries, news, statuses }: Observation): string =>
  `${entries.length} shown, ${news.length} new, ${statuses.join(" ")}`;

// Real readers are Debian packages: without apt-get they cannot be installed, and the reason is printed.
describe.skipIf(!installPrograms())("what real feed readers show after", () => {
  let machine: AMachine;
  let recorder: Recorder;
  let folder: string;
  let readers: readonly Reader[] = [];
  const subscribers = new Map<string, Subscriber>();
  const rows = new Map<string, string[]>(labels.map(([reader, format]) => [labelOf(reader, format), []]));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "crier-readers-"));
    machine = await aQuietMachine(firstDocuments);
    await machine.idle();
    recorder = await recorderFor(machine.url);
    readers = [
      newsboat(await mkdtemp(join(folder, "newsboat-"))),
      rss2email(await mkdtemp(join(folder, "rss2email-"))),
      feedparser(),
      await startMiniflux(),
    ];
    for (const reader of readers)
      for (const format of reader.formats) {
        const address = recorder.address(reader.name, files[format]);
        const subscription = await reader.subscribe(format, address);
        subscribers.set(labelOf(reader.name, format), { reader, address, subscription });
      }
  });

  afterAll(async () => {
    console.log(writeTable(["", ...events.map(({ name }) => name)], [...rows]));
    for (const reader of readers) await reader.stop();
    await recorder?.stop();
    if (machine !== undefined) await clear(machine);
    await rm(folder, { recursive: true, force: true });
  });

  test("includes every reader in every format that it supports", () => {
    expect(sorted([...subscribers.keys()])).toEqual(sorted([...rows.keys()]));
  });

  test.each([
    ["the main feed", ""],
    ["the archive", "archive/1.html"],
  ])("finds the feeds to follow from the page of %s", async (_, page) => {
    const feeds = Object.values(files).map((file) => new URL(file, machine.url).href);
    const found = await Promise.all(readers.map(({ discover }) => discover?.(new URL(page, machine.url).href)));
    expect(found.filter((urls) => urls !== undefined).map(sorted)).toEqual([sorted(feeds)]);
  });

  describe.each(events)("$name", (event) => {
    const observations = new Map<string, Observation>();

    const isPublished = async () => {
      const { feed, updated } = event;
      expect(await machine.titles()).toEqual(feed);
      const text = await (await machine.get("feed.json")).text();
      for (const part of [updated?.body, updated?.link]) expect(text).toContain(part ?? "");
    };

    const observe = async ({ address, subscription }: Subscriber): Promise<Observation> => {
      recorder.take(address);
      await subscription.poll();
      const entries = await subscription.entries();
      const news = await subscription.readNew();
      await subscription.poll();
      return { entries, news, newsAgain: await subscription.readNew(), statuses: recorder.take(address) };
    };

    beforeAll(async () => {
      await event.run(machine);
      await vi.waitFor(isPublished, { timeout: 20_000, interval: 50 });
      await machine.idle();
      const poll = async ([label, subscriber]: readonly [string, Subscriber]) => {
        const one = await observe(subscriber);
        observations.set(label, one);
        rows.get(label)?.push(cellOf(one));
      };
      await Promise.all([...subscribers].map(poll));
    });

    const found = (reader: string, format: string) => {
      const subscriber = subscribers.get(labelOf(reader, format));
      const one = observations.get(labelOf(reader, format));
      if (subscriber === undefined || one === undefined) throw new Error(`${reader} has no observation for ${format}`);
      return { ...one, reader: subscriber.reader };
    };

    test.each(labels)("%s, %s: shows the expected posts", (...label) => {
      const { entries, reader } = found(...label);
      expect(titlesOf(entries)).toEqual(sorted(expectedTitles(event, reader)));
    });

    test.each(labels)("%s, %s: shows new posts as new, and each only once", (...label) => {
      const { news, newsAgain } = found(...label);
      expect([sorted(news), newsAgain]).toEqual([sorted(event.news), []]);
    });

    test.each(labels)("%s, %s: loads a change once, and then gets a 304", (...label) => {
      expect(found(...label).statuses).toEqual([event.changes ? 200 : 304, 304]);
    });

    const { updated } = event;
    if (updated === undefined) return;
    // A mail does not change after it was sent.
    const upToDate = labels.filter(([reader]) => reader !== "rss2email" || event.news.includes(updated.title));
    test.each(upToDate)("%s, %s: shows the current title, link and text", (...label) => {
      const entry = found(...label).entries.find(({ title }) => title === updated.title);
      expect(entry?.link).toContain(updated.link ?? "");
      expect(entry?.body).toContain(updated.body ?? "");
    });
  });
});
