import { aFeed, makeEntries } from "../test/feeds/builders.ts";

const body = `<p>${"Words that a reader waits for, with <em>some</em> weight &amp; a link. ".repeat(4)}</p>\n`.repeat(
  30,
);

let newest = 0;

/** A feed whose first entry was in no other one. */
export const nextWindow = (size: number) => {
  newest += 1;
  const post = (title: string) => ({ title, html: `${body}<p>${title}</p>` });
  const others = Array.from({ length: size - 1 }, (_, index) => post(`Post ${index}`));
  return aFeed({ entries: makeEntries([post(`New ${newest}`), ...others]) });
};

/** The number of bytes: a text that is not read yet may be many that wait to be joined. */
export const encoded = (written: readonly { readonly text: string }[]): number =>
  written.reduce((sum, { text }) => sum + Buffer.from(text).length, 0);

/** CPU time of this thread in ms, which other programs do not affect. It has a low resolution: use the mean of several runs. */
export const threadTime = (work: () => unknown): number => {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
};
