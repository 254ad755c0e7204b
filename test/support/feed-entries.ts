import * as z from "zod";

const JsonFeed = z.object({ items: z.array(z.unknown()) });

/** The entries of each of these feeds, with all that a reader remembers or shows of them. */
export const readEntries = async (
  files: readonly string[],
  read: (file: string) => Promise<string>,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const entries: Record<string, readonly string[]> = {};
  for (const file of files) {
    const text = await read(file);
    entries[file] = file.endsWith(".json")
      ? JsonFeed.parse(JSON.parse(text)).items.map((item) => JSON.stringify(item))
      : [...text.matchAll(/<(item|entry)>.*?<\/\1>/gs)].map(([entry]) => entry);
  }
  return entries;
};
