import { existsSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join } from "node:path";
import { startCrier, untilFirstFeed, untilQuiet } from "./crier-process.ts";
import { type Answer, number } from "./findings.ts";
import { withFolder } from "./with-folder.ts";

const countPosts = async (folder: string): Promise<number> => {
  let count = 0;
  for await (const _ of glob("**/*.{md,mdx,markdown}", { cwd: folder })) count += 1;
  return count;
};

/** Real blogs, in the folder that CORPUS names; undefined where there is none. */
export const askCorpus = async (): Promise<Answer | undefined> => {
  const corpus = process.env.CORPUS ?? join(import.meta.dirname, "../../shared/corpus");
  if (!existsSync(corpus)) return undefined;
  const findings: Answer["findings"][number][] = [];
  let total = 0;
  let seconds = 0;
  for (const blog of ["electron", "hexo-site", "react-dev", "rust-blog"]) {
    const content = join(corpus, blog);
    if (!existsSync(content)) continue;
    const documents = await countPosts(content);
    await withFolder(async (folder) => {
      const crier = await startCrier(content, join(folder, "data"), `examples/sites/${blog}.config.ts`);
      try {
        await untilFirstFeed(crier);
        const first = crier.age();
        await untilQuiet(crier);
        const last = crier.age() - 3;
        total += documents;
        seconds += last;
        findings.push({
          what: `${blog}, ${number(documents)} documents`,
          value: `${number(first)} s to the first feed, ${number(last)} s to the last post, ${number(crier.usage().cpu)} s of CPU`,
        });
      } finally {
        await crier.stop();
      }
    });
  }
  return {
    id: "corpus",
    title: "Real blogs",
    how: "`npm start` with the documents and the configuration of each blog, without accounts, from the start of the process.",
    findings: [...findings, { what: `all, ${number(total)} documents`, value: `${number(seconds)} s` }],
  };
};
