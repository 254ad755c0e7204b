import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import { output } from "../run-program.ts";
import type { Reader, ShownEntry, Subscription } from "./reader.ts";

const rows = z.array(
  z.object({ guid: z.string(), title: z.string(), url: z.string(), content: z.string(), unread: z.number() }),
);

/** Newsboat 2.36 does not support JSON Feed. Each feed has its own cache, because entries are looked up by guid in all feeds. */
const subscribe = async (root: string, format: string, url: string): Promise<Subscription> => {
  const folder = join(root, format);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "urls"), `${url}\n`);
  const cache = join(folder, "cache.db");
  const newsboat = (...args: readonly string[]) =>
    output("newsboat", ["-u", join(folder, "urls"), "-c", cache, "-C", "/dev/null", ...args], {
      HOME: root,
      LANG: "C.UTF-8",
    });
  const entries = () => {
    const database = new DatabaseSync(cache, { readOnly: true });
    try {
      return rows.parse(
        database.prepare("SELECT guid, title, url, content, unread FROM rss_item WHERE deleted = 0").all(),
      );
    } finally {
      database.close();
    }
  };
  const poll = async () => {
    await newsboat("-x", "reload");
  };
  return {
    poll,
    entries: async () => entries().map(({ title, url, content }): ShownEntry => ({ title, link: url, body: content })),
    readNew: async () => {
      const unread = entries().filter((entry) => entry.unread === 1);
      await writeFile(join(folder, "read"), unread.map(({ guid }) => `${guid}\n`).join(""));
      await newsboat("-I", join(folder, "read"));
      return unread.map(({ title }) => title);
    },
  };
};

/** Debian's newsboat, a reader for terminals. `root` is an empty folder. */
export const newsboat = (root: string): Reader => ({
  name: "newsboat",
  formats: ["RSS", "Atom"],
  keeps: "copies",
  subscribe: async (format, url) => {
    const subscription = await subscribe(root, format, url);
    // It stores the validators of a feed only from the second poll on.
    await subscription.poll();
    await subscription.poll();
    return subscription;
  },
  stop: async () => {},
});
