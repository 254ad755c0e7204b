import { Feed } from "feed";
import { entriesOf } from "../src/app/window.ts";
import type { Feed as FeedWindow } from "../src/domain/feed.ts";
import { formats } from "../src/feeds/index.ts";
import { aPost, aSite, start } from "../test/support/builders.ts";

/** What one feed costs, guarded, in four formats and past the gate, side by side with `feed` alone in three. */
const rounds = 40;
const site = aSite();
const paragraph = `<p>${"Words that a reader waits for, with <em>some</em> weight &amp; a link. ".repeat(4)}</p>\n`;

const windowOf = (size: number): FeedWindow => {
  const posts = Array.from({ length: size }, (_, index) =>
    aPost({
      slug: `post-${index}`,
      title: `Post ${index}`,
      html: paragraph.repeat(30),
      published: start - index * 3_600_000,
    }),
  );
  return {
    site,
    key: "main",
    title: site.title,
    description: site.description,
    homeUrl: site.url,
    baseUrl: site.feedsUrl,
    updated: start,
    author: site.author,
    language: site.language,
    entries: entriesOf(site, posts),
    siblings: [],
  };
};

const bare = ({ entries, title, description, homeUrl, author, updated }: FeedWindow): void => {
  const feed = new Feed({
    id: homeUrl,
    title,
    description,
    link: homeUrl,
    copyright: "",
    author,
    updated: new Date(updated),
  });
  for (const { id, post } of entries)
    feed.addItem({
      id,
      title: post.title,
      link: post.url,
      date: new Date(post.updated),
      content: post.html,
      description: post.summary,
    });
  feed.rss2();
  feed.atom1();
  feed.json1();
};

const ours = (window: FeedWindow): void => {
  const faults = formats.gate(formats.render(window), window);
  if (faults.length > 0) throw new Error(`the gate refused what was measured: ${faults[0]?.problem}`);
};

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

const timed = (work: () => void): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};

console.log("entries   feed alone   crier   ratio");
for (const size of [20, 100]) {
  const window = windowOf(size);
  const pairs = Array.from({ length: rounds }, () => [timed(() => bare(window)), timed(() => ours(window))] as const);
  const [alone, whole] = [median(pairs.map(([first]) => first)), median(pairs.map(([, second]) => second))];
  console.log(
    `${String(size).padStart(7)}   ${alone.toFixed(1).padStart(7)} ms ${whole.toFixed(1).padStart(6)} ms   ${(whole / alone).toFixed(2)}`,
  );
}
