import { type Client, CommandError } from "../api/api-client.ts";
import type { Dialog } from "./dialog.ts";

/** Waits, in milliseconds. */
type Pause = (milliseconds: number) => Promise<unknown>;

/** The main feed in each format. */
const feedFiles = ["feed.xml", "atom.xml", "feed.json"] as const;

const slug = "hello";

const firstPost = (title: string): string => `---
title: Hello
socialShare: false
---
The feeds of ${title} work: this first post is in them, and on no network.
`;

/** A new address takes a while until the whole of the internet knows it. */
const patiently = async <T>(action: () => Promise<T>, pause: Pause): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof CommandError) || tries === 120) throw error;
      await pause(Math.min(tries * 100, 3_000));
    }
  }
};

const checkFeed = async (address: URL, url: string): Promise<void> => {
  const text = await fetch(address, { signal: AbortSignal.timeout(30_000) }).then(
    (response) => response.text(),
    () => "",
  );
  if (!text.includes(url))
    throw new CommandError(`${address.href} does not have the first post yet: run this again in a few minutes`);
};

interface FirstPostOptions {
  readonly client: Client;
  readonly title: string;
  readonly feedsUrl: string;
  readonly pause: Pause;
}

/** Publishes a post to the feeds only, where there is none yet, and waits until readers get it. */
export const publishFirstPost = async (options: FirstPostOptions, { say }: Dialog): Promise<"published" | "kept"> => {
  const { client, title, feedsUrl, pause } = options;
  const { posts } = await patiently(() => client.list(), pause);
  const [newest] = posts;
  const present = posts.find((post) => post.slug === slug);
  // What is there is never replaced: it may be a person's.
  if (newest !== undefined && present === undefined) {
    say(`  there are posts already, the last ${JSON.stringify(newest.title)}: none is added`);
    return "kept";
  }
  const put = () => client.put(slug, Buffer.from(firstPost(title)), {});
  const { url = "" } = present ?? (await patiently(put, pause));
  say(`  ${present === undefined ? "published" : "there already"}: ${url}, to the feeds only`);
  for (const file of feedFiles) {
    const address = new URL(file, feedsUrl);
    await patiently(() => checkFeed(address, url), pause);
    say(`  in ${address.href}`);
  }
  say(`  to remove it: npx crier remove ${slug}`);
  return present === undefined ? "published" : "kept";
};
