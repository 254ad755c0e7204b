import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A number from 0 to 1 that is the same in every run. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const syllables = "ba con der fi gra hel in jo ka lum mer no or pra qui ris sta tor un ver wil xen yt zor".split(" ");

const vocabulary = (() => {
  const next = random(1);
  const one = () => syllables[Math.floor(next() * syllables.length)] ?? "";
  return Array.from({ length: 2_000 }, () => one() + (next() < 0.7 ? one() : "") + (next() < 0.3 ? one() : ""));
})();

const sentence = (next: () => number): string => {
  const words = Array.from(
    { length: 8 + Math.floor(next() * 12) },
    () => vocabulary[Math.floor(next() ** 2 * vocabulary.length)] ?? "",
  );
  const emphasised = words.map((word, index) => (index === 3 && next() < 0.3 ? `*${word}*` : word)).join(" ");
  const link = next() < 0.1 ? ` [${words[0]}](https://example.com/${words[1]})` : "";
  return `${emphasised.charAt(0).toUpperCase()}${emphasised.slice(1)}${link}.`;
};

const hour = 3_600_000;

/** The date of a post: one an hour, the last of them before now. */
export const documentDate = (n: number): Date => new Date(Date.UTC(2020, 0, 1) + n * hour);

/** A Markdown document of about 3 KB. The same number gives the same bytes. */
export const makeDocument = (n: number, date = documentDate(n), fields = "", categories = 20): string => {
  const next = random(n + 7);
  const paragraphs: string[] = [];
  for (let size = 0; size < 2_700; size += paragraphs.at(-1)?.length ?? 0)
    paragraphs.push(Array.from({ length: 4 }, () => sentence(next)).join(" "));
  return `---\ntitle: Post ${n}\ndate: ${date.toISOString()}\ncategories: [C${n % categories}]\n${fields}---\n\n${paragraphs.join("\n\n")}\n`;
};

export const documentName = (n: number): string => `post-${String(n).padStart(5, "0")}.md`;

/** Writes so many documents into a folder. */
export const writeDocuments = async (folder: string, count: number, fields = ""): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (let n = 0; n < count; n += 1)
    await writeFile(join(folder, documentName(n)), makeDocument(n, documentDate(n), fields));
};
