import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { documentName, makeDocument, writeDocuments } from "./bench-documents.ts";
import { openCrier } from "./crier-in-process.ts";
import { get, startCrier, until, untilImported } from "./crier-process.ts";
import { type Answer, atMost, number, percentile, type Sizes } from "./findings.ts";
import { withFolder } from "./with-folder.ts";

const titlesIn = (text: string | undefined, pattern: RegExp): ReadonlySet<string> =>
  new Set([...(text ?? "").matchAll(pattern)].map(([, title = ""]) => title));

/** How often a feed is rendered, at most. */
const countRenders = (burst: number): Promise<readonly [string, number]> =>
  withFolder(async (folder) => {
    const crier = openCrier(folder);
    await crier.import(100);
    crier.renders.clear();
    await crier.add(Array.from({ length: burst }, (_, n) => 1_000 + n));
    crier.close();
    // An archive page is rendered when it is begun, filled and followed.
    const feeds = [...crier.renders].filter(([key]) => !key.includes("archive"));
    return feeds.toSorted((a, b) => b[1] - a[1])[0] ?? ["", 0];
  });

/** Many posts at the same moment. */
export const askBurst = async ({ burst }: Sizes): Promise<Answer> => {
  const [feed, renders] = await countRenders(burst);
  const { inFeed, posted } = await withFolder(async (folder) => {
    const content = join(folder, "content");
    await writeDocuments(content, 100);
    const crier = await startCrier(content, join(folder, "data"), join(import.meta.dirname, "burst.config.ts"));
    try {
      await untilImported(crier, 100);
      const missing = new Map<string, { feed?: number; posted?: number }>();
      const began = performance.now();
      for (let n = 0; n < burst; n += 1) {
        await writeFile(join(content, documentName(1_000 + n)), makeDocument(1_000 + n, new Date()));
        missing.set(`Post ${1_000 + n}`, {});
      }
      const written = performance.now();
      await until(
        "the burst",
        async () => {
          const inFeed = titlesIn(await get(crier, "feed.json"), /"title": "(Post \d+)"/g);
          const posts = titlesIn(await get(crier, "sandbox/posts.json"), /(Post \d+)\b/g);
          const now = (performance.now() - written) / 1000;
          for (const [title, seen] of missing) {
            if (inFeed.has(title)) seen.feed ??= now;
            if (posts.has(title)) seen.posted ??= now;
          }
          const all = [...missing.values()];
          return (
            all.every((one) => one.feed !== undefined && one.posted !== undefined) ||
            performance.now() - began > 120_000
          );
        },
        20,
      );
      const all = [...missing.values()];
      return {
        inFeed: all.map((one) => one.feed ?? Number.POSITIVE_INFINITY),
        posted: all.map((one) => one.posted ?? Number.POSITIVE_INFINITY),
      };
    } finally {
      await crier.stop();
    }
  });
  const [toFeed, toPost] = [percentile(inFeed, 0.95), percentile(posted, 0.95)];
  return {
    why: "The watcher reports each file and four are read at a time; the feeds have the posts before anything is sent. The copies of an account in the sandbox are made one after another then, with the steps that a real account has: a claim, a stored request, a send, an answer.",
    id: "burst",
    title: `${number(burst)} posts at once`,
    how: `${number(burst)} files are written into the folder of a running \`npm start\` with 100 posts and three sandboxed accounts (the breaker lets all of them through here). Times from the last file to the feed that has the post, and to the first copy in the sandbox. Renders are counted in a process of their own.`,
    findings: [
      atMost(`renders of the feed that is rendered most (${feed})`, renders, 3),
      atMost("to the feed, 95 % of the posts, in seconds", toFeed, 2),
      atMost("to the first network, 95 % of the posts, in seconds", toPost, 5),
    ],
  };
};
