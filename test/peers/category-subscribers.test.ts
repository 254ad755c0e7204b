import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { type AMachine, clear } from "../support/machine.ts";
import { installPrograms } from "./programs.ts";
import { aQuietMachine } from "./quiet-machine.ts";
import { startMiniflux } from "./readers/miniflux.ts";
import { newsboat } from "./readers/newsboat.ts";
import type { Reader } from "./readers/reader.ts";
import { recorderFor } from "./recorder.ts";

const aPost = (title: string, day: number, categories: readonly string[]): string =>
  `---\n${JSON.stringify({ title, date: `2026-03-0${day}T08:00:00Z`, categories })}\n---\nWords about ${title}.\n`;

/** More categories than have a feed each, and one with three posts. */
const documents = {
  ...Object.fromEntries(
    [1, 2, 3].map((post) => [
      `many-${post}.md`,
      aPost(
        `Many ${post}`,
        post,
        Array.from({ length: 40 }, (_, index) => `Tag ${post} ${index}`),
      ),
    ]),
  ),
  "looms.md": aPost("Looms", 4, ["Weaving"]),
  "numbers.md": aPost("Numbers", 5, ["Weaving"]),
  "engines.md": aPost("Engines", 6, ["Weaving"]),
};

const feed = (file: string): string => `categories/weaving/${file}`;

/** The readers load this file: its titles are awaited, and not those of another format. */
const shows = (machine: AMachine, titles: readonly string[]) =>
  vi.waitFor(
    async () => {
      const text = await (await machine.get(feed("feed.xml"))).text();
      expect([...text.matchAll(/<item>\s*<title>(.*?)<\/title>/g)].map(([, title]) => title)).toEqual(titles);
    },
    { timeout: 20_000, interval: 100 },
  );

// Real readers are Debian packages: without apt-get they cannot be installed, and the reason is printed.
test.skipIf(!installPrograms())(
  "a category that falls below the minimum keeps its subscribers in newsboat and miniflux",
  async () => {
    const machine = await aQuietMachine(documents);
    onTestFinished(() => clear(machine));
    await shows(machine, ["Engines", "Numbers", "Looms"]);
    await machine.idle();
    const recorder = await recorderFor(machine.url);
    onTestFinished(() => recorder.stop());
    const folder = await mkdtemp(join(tmpdir(), "crier-readers-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const readers: readonly Reader[] = [newsboat(folder), await startMiniflux()];
    onTestFinished(async () => {
      for (const reader of readers) await reader.stop();
    });
    const subscribers = await Promise.all(
      readers.map(async (reader) => {
        const address = recorder.address(reader.name, feed("feed.xml"));
        return { address, subscription: await reader.subscribe("RSS", address) };
      }),
    );
    /** What each reader shows as new, and the status code of its request. */
    const poll = () =>
      Promise.all(
        subscribers.map(async ({ address, subscription }) => {
          recorder.take(address);
          await subscription.poll();
          return [await subscription.readNew(), recorder.take(address)];
        }),
      );
    for (const [news] of await poll()) expect(news?.toSorted()).toEqual(["Engines", "Looms", "Numbers"]);

    for (const slug of ["looms", "numbers"]) await rm(join(machine.content, `${slug}.md`));
    await shows(machine, ["Engines"]);
    await machine.idle();
    expect(await poll()).toEqual([
      [[], [200]],
      [[], [200]],
    ]);

    // libcurl drops an answer whose Last-Modified, which has whole seconds, is not later than the one before.
    const modified = Date.parse((await machine.get(feed("feed.xml"))).headers.get("last-modified") ?? "");
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThanOrEqual(modified + 1000), { timeout: 2000 });
    await machine.write("shuttles.md", aPost("Shuttles", 7, ["Weaving"]));
    await shows(machine, ["Shuttles", "Engines"]);
    await machine.idle();
    expect(await poll()).toEqual([
      [["Shuttles"], [200]],
      [["Shuttles"], [200]],
    ]);
    expect(await (await machine.get("feeds.opml")).text()).toContain(feed("feed.xml"));
  },
  120_000,
);
