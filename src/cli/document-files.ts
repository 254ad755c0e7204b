import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../api/api-client.ts";

const isDocument = (name: string): boolean => /\.(?:md|mdx|markdown)$/i.test(name);

export const readDocument = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CommandError(`cannot read ${file}: check the path`, { cause });
  }
};

/** The Markdown files below a folder, as paths relative to it, in order; hidden folders and `node_modules` are left out. */
export const documentsIn = async (folder: string): Promise<readonly string[]> => {
  const isFolder = await stat(folder).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new CommandError(`${folder} is not a folder: name a folder that contains Markdown files`);
  const walk = async (below: string): Promise<readonly string[]> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    const nested = entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry) => {
        const path = below === "" ? entry.name : `${below}/${entry.name}`;
        if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
        if (entry.isDirectory()) return walk(path);
        return entry.isFile() && isDocument(entry.name) ? [path] : [];
      });
    return (await Promise.all(nested)).flat();
  };
  return walk("");
};
