import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { output } from "../run-program.ts";
import type { Reader, ShownEntry } from "./reader.ts";

/** The titles are short and ASCII, and bodies are 8-bit: headers are neither folded nor encoded. */
const readMail = (text: string): ShownEntry => {
  const [head = "", ...body] = text.split("\n\n");
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(head)?.[1] ?? "";
  return { title: header("Subject"), link: header("X-RSS-URL"), body: body.join("\n\n") };
};

const config = (maildir: string): string => `[DEFAULT]
to = reader@localhost.invalid
email-protocol = maildir
maildir-path = ${maildir}
maildir-mailbox = INBOX
use-8bit = True
`;

/** Debian's rss2email, with a Maildir for each feed: an entry whose id changes is a second mail. */
export const rss2email = (root: string): Reader => ({
  name: "rss2email",
  formats: ["RSS", "Atom"],
  keeps: "mails",
  subscribe: async (format, url) => {
    const folder = join(root, format);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "config"), config(folder));
    const r2e = (...args: readonly string[]) =>
      output("r2e", ["-c", join(folder, "config"), "-d", join(folder, "state.json"), ...args], { HOME: root });
    const inbox = join(folder, "INBOX/new");
    const mails = async () => {
      const names = (await readdir(inbox)).toSorted();
      return Promise.all(names.map(async (name) => ({ name, ...readMail(await readFile(join(inbox, name), "utf8")) })));
    };
    const poll = async () => {
      await r2e("run");
    };
    await r2e("add", "feed", url);
    await poll();
    const read = new Set<string>();
    return {
      poll,
      entries: async () => (await mails()).map(({ title, link, body }) => ({ title, link, body })),
      readNew: async () => {
        const fresh = (await mails()).filter(({ name }) => !read.has(name));
        for (const { name } of fresh) read.add(name);
        return fresh.map(({ title }) => title);
      },
    };
  },
  stop: async () => {},
});
