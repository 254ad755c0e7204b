import { join } from "node:path";
import * as z from "zod";
import { output } from "../run-program.ts";
import type { Reader, Subscription } from "./reader.ts";

const script = join(import.meta.dirname, "poll-feed.py");

const polled = z.object({
  status: z.number(),
  etag: z.string(),
  modified: z.string(),
  entries: z.array(z.object({ id: z.string(), title: z.string(), link: z.string(), body: z.string() })),
});

const subscribe = async (url: string): Promise<Subscription> => {
  let last: z.output<typeof polled> = { status: 200, etag: "", modified: "", entries: [] };
  const seen = new Set<string>();
  const poll = async () => {
    // The Python of Debian, which has feedparser: another one may come first on the PATH.
    const now = polled.parse(JSON.parse(await output("/usr/bin/python3", [script, url, last.etag, last.modified])));
    if (now.status === 200) last = now;
  };
  await poll();
  return {
    poll,
    entries: async () => last.entries.map(({ title, link, body }) => ({ title, link, body })),
    readNew: async () => {
      const fresh = last.entries.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      return fresh.map(({ title }) => title);
    },
  };
};

/** A program with Debian's python3-feedparser, like an aggregator: it shows the current feed, and remembers ids. */
export const feedparser = (): Reader => ({
  name: "feedparser",
  formats: ["RSS", "Atom"],
  keeps: "nothing",
  subscribe: (_, url) => subscribe(url),
  stop: async () => {},
});
