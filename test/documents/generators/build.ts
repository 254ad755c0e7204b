import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { documentText, type GeneratorSite, generatorSites } from "./sites.ts";

/**
 * Builds the sites with the generators themselves, and keeps the addresses that they gave in `built.json`: run it by
 * hand, `node test/documents/generators/build.ts`, after a change of sites.ts. It needs Hugo and Jekyll from Debian
 * (`apt-get install hugo jekyll`), and installs the others from npm in a temporary folder.
 */
const packages = [
  "@11ty/eleventy@3.1.8",
  "astro@7.3.5",
  "@astrojs/sitemap@3.7.4",
  "hexo@8.1.2",
  "hexo-renderer-marked@7.0.1",
  "hexo-generator-feed@3.0.0",
];

const temporary = mkdtempSync(join(tmpdir(), "generators-"));
process.once("exit", () => rmSync(temporary, { recursive: true }));

const install = (): string => {
  writeFileSync(join(temporary, "package.json"), "{}");
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--save-exact"];
  execFileSync("npm", ["install", ...flags, ...packages], { cwd: temporary, stdio: "inherit" });
  return join(temporary, "node_modules");
};

/** GENERATORS: a `node_modules` that has them. */
const modules = process.env.GENERATORS ?? install();

const program = (name: string): string => join(modules, ".bin", name);

const generators: Readonly<
  Record<GeneratorSite["generator"], { version: string | readonly string[]; build: readonly string[]; output: string }>
> = {
  hugo: { version: ["hugo", "version"], build: ["hugo", "--buildFuture"], output: "public" },
  jekyll: { version: ["jekyll", "--version"], build: ["jekyll", "build"], output: "_site" },
  eleventy: { version: "@11ty/eleventy", build: [program("eleventy")], output: "public" },
  hexo: { version: "hexo", build: [program("hexo"), "generate"], output: "public" },
  astro: { version: "astro", build: [program("astro"), "build"], output: "dist" },
};

const run = ([command = "", ...args]: readonly string[], folder: string): string =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", TZ: "UTC" },
  });

const write = (folder: string, path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** Hexo runs where it finds this, and loads the plugins that are named as dependencies. */
const project = JSON.stringify({
  private: true,
  hexo: {},
  dependencies: { "hexo-renderer-marked": "*", "hexo-generator-feed": "*" },
});

/** Returns the list of addresses that the generator writes. */
const build = (site: GeneratorSite, documents: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(temporary, "site-"));
  try {
    const { build: command, output } = generators[site.generator];
    for (const [path, text] of Object.entries(site.files)) write(folder, path, text);
    for (const [path, lines] of Object.entries(documents)) write(folder, join(site.content, path), documentText(lines));
    if (!["hugo", "jekyll"].includes(site.generator)) {
      write(folder, "package.json", project);
      symlinkSync(modules, join(folder, "node_modules"));
    }
    run(command, folder);
    return readFileSync(join(folder, output, site.list), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const versionOf = (from: string | readonly string[]): string => {
  const text =
    typeof from === "string"
      ? readFileSync(join(modules, from, "package.json"), "utf8").replace(/^[\s\S]*?"version"/, "")
      : run(from, temporary);
  return /\d+\.\d+\.\d+/.exec(text)?.[0] ?? "";
};

const addresses = (list: string): readonly string[] =>
  [...list.matchAll(/<loc>([^<]*)<|<entry>[\s\S]*?<link href="([^"]*)"/g)].map(
    ([, page, entry]) => page ?? entry ?? "",
  );

const built = Object.entries(generatorSites).map(([name, site]) => {
  const list = build(site, site.documents);
  const [path, lines] = site.next;
  const known = addresses(list);
  const next = addresses(build(site, { ...site.documents, [path]: lines })).filter((url) => !known.includes(url));
  if (next.length !== 1) throw new Error(`${name}: ${next.length} addresses are new: ${next.join(", ")}`);
  const version = versionOf(generators[site.generator].version);
  console.log(name, version, next[0]);
  return [name, { generator: `${site.generator} ${version}`, pages: known, next: next[0] }];
});

writeFileSync(join(import.meta.dirname, "built.json"), `${JSON.stringify(Object.fromEntries(built), undefined, 2)}\n`);
