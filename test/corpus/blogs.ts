import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A folder with one folder per blog: `CORPUS=… npm run test:corpus`. The posts of others are not in this repository. */
const corpus = process.env.CORPUS ?? "";

export const blogs =
  corpus === ""
    ? []
    : (await readdir(corpus, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** The deepest folder that contains all posts of the blog. */
export const contentRoot = async (blog: string): Promise<string> => {
  let root = join(corpus, blog);
  for (;;) {
    const entries = (await readdir(root, { withFileTypes: true })).filter(({ name }) => !name.endsWith(".txt"));
    const [only] = entries;
    if (entries.length !== 1 || !only?.isDirectory()) return root;
    root = join(root, only.name);
  }
};
