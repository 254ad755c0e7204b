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
const configuration = (content: string, lines: string): string =>
  `export default { sites: [{ id: "blog", title: "A blog", url: ${JSON.stringify(siteUrl)}, sources: [{ folder: ${JSON.stringify(content)} }],\n${lines}\n}] };\n`;

const sites = Object.entries(generatorSites).map(([name, site]) => {
  const entry = Object.entries(built).find(([one]) => one === name)?.[1];
  if (entry === undefined) throw new Error(`${name} is not in built.json: run test/documents/generators/build.ts`);
  return { name, ...site, ...entry, nextUrl: entry.next, next: site.next };
});

/** Runs the doctor for the documents of a site, without the next post. */
const diagnose = async (site: (typeof sites)[number]): Promise<string> => {
  const folder = await aFolder();
  const content = join("site", site.content);
  for (const [path, lines] of Object.entries(site.documents))
    await write(folder, join(content, path), documentText(lines));
  await write(folder, "crier.config.ts", configuration(content, ""));
  await write(folder, "list.xml", sitemap(site.pages));
  return (await crier(["doctor", content, "--site", "list.xml"], { folder })).out;
};

const printedLines = (out: string): string => out.split(/agree with .*\n/)[1] ?? "";

describe("the lines that crier doctor --site prints", () => {
  test.each(sites)("$name ($generator): give the next post its address", async (site) => {
    const printed = printedLines(await diagnose(site));
    const folder = await aFolder();
    const [path, frontMatter] = site.next;
    await write(folder, join("site", site.content, path), documentText(frontMatter));
    await write(folder, "crier.config.ts", configuration(join("site", site.content), printed));
    await write(folder, "list.xml", sitemap([site.nextUrl]));
    const { out } = await crier(["doctor", join("site", site.content), "--site", "list.xml"], { folder });
    expect(out, printed).toContain("1 of 1 documents have an address that list.xml has, too");
  });
});
