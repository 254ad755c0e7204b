import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import built from "../documents/generators/built.json" with { type: "json" };
import { documentText, generatorSites, siteUrl } from "../documents/generators/sites.ts";
import { crier } from "../support/terminal.ts";

const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-generators-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
};

const write = async (folder: string, path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
};

const sitemap = (urls: readonly string[]): string =>
  `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.map((url) => `<url><loc>${url}</loc></url>`).join("")}</urlset>`;

/** `lines` are those that the doctor prints. */
const configuration = (lines: string): string =>
  `export default { sites: [{ id: "blog", title: "A blog", url: ${JSON.stringify(siteUrl)},\n${lines}\n}] };\n`;

const sites = Object.entries(generatorSites).map(([name, site]) => {
  const entry = Object.entries(built).find(([one]) => one === name)?.[1];
  if (entry === undefined) throw new Error(`${name} is not in built.json: run test/documents/generators/build.ts`);
  return { name, ...site, ...entry, nextUrl: entry.next, next: site.next };
});

/** Returns the lines that the doctor prints for the documents of a site, without the next post. */
const printedLines = async (site: (typeof sites)[number], start: string): Promise<string> => {
  const folder = await aFolder();
  for (const [path, lines] of Object.entries(site.documents))
    await write(folder, join("site", site.content, path), documentText(lines));
  await write(folder, "crier.config.ts", configuration(""));
  await write(folder, "list.xml", sitemap(site.pages));
  const { out } = await crier(["doctor", start, "--site", "list.xml"], { folder });
  return out.split(/ agree with .*\n/)[1] ?? "";
};

describe("the lines that crier doctor --site prints", () => {
  test.each(sites)("$name ($generator): give the next post its address", async (site) => {
    const lines = await printedLines(site, "site");
    expect(await printedLines(site, join("site", site.content))).toBe(lines);
    const folder = await aFolder();
    const [path, frontMatter] = site.next;
    await write(folder, join("site", site.content, path), documentText(frontMatter));
    await write(folder, "crier.config.ts", configuration(lines));
    await write(folder, "list.xml", sitemap([site.nextUrl]));
    const { out } = await crier(["doctor", "site", "--site", "list.xml"], { folder });
    expect(out, lines).toContain("1 of 1 documents have an address that list.xml has, too");
  });
});
