import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { documentDate, documentName, makeDocument } from "./bench-documents.ts";
import { startCrier, untilImported, untilQuiet } from "./crier-process.ts";
import { type Answer, atMost, type Finding, number, type Sizes } from "./findings.ts";
import { withFolder } from "./with-folder.ts";

const noAccounts = join(import.meta.dirname, "no-accounts.config.ts");

/** The subjects of many posts: the first ones are used most. The rest of the tags have one post each, such as guests. */
const subjects = 600;

const tagsOf = (n: number, posts: number, tags: number): readonly string[] => {
  if (tags <= 100) return [0, 1, 2].map((at) => `Subject ${(n * 7 + at * 3) % tags}`);
  const each = Math.ceil((tags - subjects) / posts);
  const guests = Array.from({ length: each }, (_, at) => n * each + at).filter((guest) => guest < tags - subjects);
  const often = [0, 1, 2].map((at) => Math.floor((((n * 7919 + at * 104_729) % 1000) ** 2 / 1e6) * subjects));
  return [...often.map((one) => `Subject ${one}`), ...guests.map((guest) => `Guest ${guest}`)];
};

const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const importWith = (posts: number, tags: number): Promise<readonly Finding[]> =>
  withFolder(async (folder) => {
    const content = join(folder, "content");
    await mkdir(content);
    for (let n = 0; n < posts; n += 1) {
      const fields = `tags: ${JSON.stringify([...new Set(tagsOf(n, posts, tags))])}\n`;
      const document = makeDocument(n, documentDate(n), fields).replace(/^categories: .*\n/m, "");
      await writeFile(join(content, documentName(n)), document);
    }
    const crier = await startCrier(content, join(folder, "data"), noAccounts);
    try {
      await untilImported(crier, posts);
      // Of many categories those with feeds are chosen a moment after the last post.
      await pause(6000);
      await untilQuiet(crier);
      const seconds = crier.age() - 3;
      const { cpu } = crier.usage();
      const publicFolder = join(crier.data, "public");
      const files = await filesIn(publicFolder);
      const bytes = await Promise.all(files.map(async (file) => (await stat(file)).size));
      const kilobytes = async (file: string) => (await stat(join(publicFolder, file))).size / 1000;
      const feeds = files.filter((file) => file.includes("/categories/") && file.endsWith("/feed.xml")).length;
      const name = `${number(posts)} documents, ${number(tags)} tags: `;
      // Four files for each feed and three for each page of the archive, and those of the site itself.
      const expected = 4 * (Math.min(tags, 600) + 1) + 3 * Math.ceil(posts / 50) + 10;
      return [
        { what: `${name}feeds of categories`, value: number(feeds) },
        atMost(`${name}files`, files.length, expected),
        { what: `${name}MB`, value: number(bytes.reduce((sum, one) => sum + one, 0) / 1e6) },
        { what: `${name}seconds`, value: number(seconds) },
        { what: `${name}seconds of CPU`, value: number(cpu) },
        atMost(`${name}the page, in KB`, await kilobytes("index.html"), 100),
        atMost(`${name}OPML, in KB`, await kilobytes("feeds.opml"), 200),
      ];
    } finally {
      await crier.stop();
    }
  });

/** How a site grows with its posts and with its categories. */
export const askCategories = async ({ tagged }: Sizes): Promise<Answer> => {
  const findings: Finding[] = [];
  for (const [posts, tags] of tagged) findings.push(...(await importWith(posts, tags)));
  return {
    id: "categories",
    title: "A site with many categories",
    how: "`npm start` with a folder of documents of 3 KB and no accounts, from the start of the process until nothing is left to do. Each document has three tags of the most used ones, and those of the site with many have up to three more that no other document has. Files, and their size, are those that readers are served, without compression.",
    findings,
  };
};
