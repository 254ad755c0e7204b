import { access, glob, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { operations } from "../../src/api/operations.ts";
import { configSchema, deploymentSchema, siteSchema } from "../../src/config/schema.ts";
import { loadConfig } from "../../src/config.ts";
import { anchorsOf, blocksOf, pages, readFromRoot, withoutBlocks } from "../support/pages.ts";
import { crier } from "../support/terminal.ts";

const root = join(import.meta.dirname, "../..");
const exists = (path: string): Promise<boolean> =>
  access(join(root, path)).then(
    () => true,
    () => false,
  );

describe("the documents", () => {
  test("link to files and to headings that exist", async () => {
    const broken: string[] = [];
    for (const page of await pages()) {
      const text = withoutBlocks(await readFromRoot(page)).replaceAll(/`[^`\n]*`/g, "");
      for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : relative(root, join(root, dirname(page), path));
        const isThere = await exists(target);
        if (!isThere || (anchor !== undefined && !anchorsOf(await readFromRoot(target)).includes(anchor)))
          broken.push(`${page} → ${link}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test("list the bugs that were planted by hand beside the mutation score", async () => {
    const list = await readFromRoot("test/mutation/planted-by-hand.md");
    expect((await readFromRoot("docs/mutation.md")).endsWith(`\n\n${list}`)).toBe(true);
  });

  test("are in the index, decisions by their folder", async () => {
    const index = await readFromRoot("docs/README.md");
    const own = (await pages()).filter((page) => /^docs\/[^/]+$/.test(page) && page !== "docs/README.md");
    expect(own.filter((page) => !index.includes(`](${page.slice("docs/".length)})`))).toEqual([]);
    expect(index).toContain("](decisions)");
  });

  test("are where messages and comments say, with the heading that these name", async () => {
    const wrong: string[] = [];
    const files = await Array.fromAsync(
      glob(
        [
          "{src,action,infra,functions,bench,examples,scripts}/**/*.{ts,cjs,yml,service,json}",
          "action.yml",
          "Dockerfile",
          "crier.config.ts",
          ".env.example",
        ],
        {
          cwd: root,
          exclude: ["bench/node_modules"],
        },
      ),
    );
    for (const file of files) {
      const text = await readFile(join(root, file), "utf8");
      if (/README(?:\.md)?(?:#|, ["A-Z])/.test(text)) wrong.push(`${file}: a place in the README`);
      for (const [, path = ""] of text.matchAll(/\b(docs\/[\w/-]+\.md)/g))
        if (!(await exists(path))) wrong.push(`${file}: ${path}`);
      for (const [, number] of text.matchAll(/\bdocs\/decisions\/(\d{4})/g)) {
        const found = await Array.fromAsync(glob(`docs/decisions/${number}-*.md`, { cwd: root }));
        if (found.length === 0) wrong.push(`${file}: decision ${number}`);
      }
      for (const [, path = "", heading = ""] of text.matchAll(/(docs\/[\w/-]+\.md), \\?"([^"$\\]+)\\?"/g))
        if (
          !(await readFromRoot(path))
            .split("\n")
            .some((line) => /^#+ /.test(line) && line.replaceAll(/^#+ |`/g, "") === heading)
        )
          wrong.push(`${file}: ${path}, "${heading}"`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("the commands in the documents", async () => {
  /** The first column of a list in a help: commands, or options. */
  const listed = (help: string, title: string): readonly string[] =>
    [...(help.split(`${title}:\n`)[1]?.matchAll(/^ {2}(\S.*?)(?: {2,}|$)/gm) ?? [])].map(([, first = ""]) => first);
  const helpOf = async (...args: readonly string[]): Promise<string> => (await crier([...args, "--help"])).out;
  const known = listed(await helpOf(), "Commands")
    .map((spec) => spec.split(" ")[0] ?? "")
    .filter((command) => command !== "help");
  const optionsOf = async (...command: readonly string[]): Promise<readonly string[]> =>
    listed(await helpOf(...command), "Options").flatMap((option) => option.match(/--[\w-]+/g) ?? []);

  test("are all on the page of the command line, in a block of code", async () => {
    const blocks = blocksOf(await readFromRoot("docs/command-line.md"), "sh").join("\n");
    const named = [...blocks.matchAll(/^npx crier ([\w-]+)/gm)].map(([, command]) => command);
    expect(known.length).toBeGreaterThan(20);
    expect(new Set(named)).toEqual(new Set(known));
  });

  test("exist, with the options that they are given", async () => {
    const wrong: string[] = [];
    for (const page of await pages()) {
      // `crier start` is no command of the program: its options are those of npm start.
      for (const [, line = ""] of (await readFromRoot(page)).matchAll(
        /npx crier (?!with it:|start\b)([a-z][\w-]*[^`\n#|;)']*)/g,
      )) {
        const [command = "", next = ""] = line.split(/\s+/);
        const path = command === "accounts" && ["set", "connect"].includes(next) ? [command, next] : [command];
        const given = line.match(/(?<= )--[\w-]+/g) ?? [];
        const options = known.includes(command) ? await optionsOf(...path) : [];
        if (!known.includes(command) || given.some((option) => !options.includes(option)))
          wrong.push(`${page}: ${line}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

test("the requests in the documents, the README among them, are operations of the API that take these parameters", async () => {
  const wrong: string[] = [];
  let count = 0;
  // What networks are asked is on the page of the sandbox.
  for (const page of (await pages()).filter((one) => one !== "docs/sandbox.md"))
    for (const [request = "", method = "", address = ""] of (await readFromRoot(page)).matchAll(
      /\b(GET|PUT|POST|DELETE) (\/(?:api\/|healthz)[^\s`"')]*)/g,
    )) {
      count += 1;
      const [path = "", query = ""] = address.split("?");
      const known = Object.values(operations).filter(
        (one) => one.method === method && new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, ".+")}$`).test(path),
      );
      const taken = known.flatMap((one) => ("query" in one ? ["site", ...Object.keys(one.query.shape)] : []));
      const given = [...new URLSearchParams(query).keys()];
      if (known.length === 0 || given.some((name) => !taken.includes(name))) wrong.push(`${page}: ${request}`);
    }
  expect(count).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

describe("the configuration in the documents", () => {
  /** A whole configuration as a page shows it, or some of its keys. */
  const configurationOf = (block: string): string | undefined => {
    if (block.includes("defineConfig("))
      return block.replace(/^import .*$/gm, "const defineConfig = (config) => config;");
    const site = '{ id: "blog", title: "My Blog", url: "https://blog.example.com/" }';
    if (/^(?:sites|accounts): \[/.test(block)) return `export default { sites: [${site}], ${block} };`;
    if (/^(?:permalink|permalinks|fields): /.test(block))
      return `export default { sites: [{ ...${site}, ${block} }] };`;
    return undefined;
  };

  test("has no mistake", async () => {
    const folder = await mkdtemp(join(tmpdir(), "crier-docs-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    let count = 0;
    for (const page of await pages()) {
      for (const block of blocksOf(await readFromRoot(page), "ts")) {
        const text = configurationOf(block);
        if (text === undefined) continue;
        count += 1;
        const file = join(folder, `${count}.mjs`);
        await writeFile(file, text);
        const { default: config } = await import(pathToFileURL(file).href);
        expect(() => loadConfig(config), `${page}:\n${block}`).not.toThrow();
      }
    }
    expect(count).toBeGreaterThan(10);
  });

  test("is on its page with every key of a site, the policies and a deployment", async () => {
    const page = await readFromRoot("docs/configure.md");
    const site = Object.keys(siteSchema.shape).filter((key) => key !== "feeds");
    const feeds = Object.keys(siteSchema.shape.feeds.unwrap().shape).map((key) => `feeds.${key}`);
    const policies = Object.keys(configSchema.shape.policies.unwrap().shape).map((key) => `policies.${key}`);
    const deployment = Object.keys(deploymentSchema.shape).map((key) => `deployment.${key}`);
    const firstColumn = [...page.matchAll(/^\| (`.*?) \|/gm)].flatMap(
      ([, cell = ""]) => cell.match(/(?<=`)[\w.]+(?=`)/g) ?? [],
    );
    const keys = [...site, ...feeds, ...policies, ...deployment];
    expect(keys.filter((key) => !firstColumn.includes(key))).toEqual([]);
  });
});
