import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import example from "../../crier.config.ts";
import { loadConfig } from "../../src/config.ts";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { networks } from "../../src/networks/index.ts";
import { accountVariables, variableFor } from "../../src/runtimes/local/environment-secrets.ts";
import { aFolder, clear, startIn } from "../support/machine.ts";
import { blocksOf, pages, readFromRoot } from "../support/pages.ts";
import { crier } from "../support/terminal.ts";

const root = join(import.meta.dirname, "../..");
const readme = await readFromRoot("README.md");

/** The first block of code in a language. */
const firstBlock = (page: string, language: string): string => blocksOf(page, language)[0] ?? "";

describe("the README", () => {
  test("is one page: at most 900 words, with its tables and code", () => {
    expect(readme.split(/\s+/).filter((word) => word !== "").length).toBeLessThanOrEqual(900);
  });

  test("has the pictures that npm run pictures takes, each of at most 150 KB", async () => {
    const shown = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file = ""]) => file);
    const taking = await readFromRoot("test/e2e/take-picture.ts");
    const taken = [...taking.matchAll(/save\(page, "([^"]+)"\)/g)].map(([, name]) => `docs/images/${name}.png`);
    expect(shown.toSorted()).toEqual(taken.toSorted());
    const sizes = await Promise.all(shown.map(async (file) => (await stat(join(root, file))).size));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(150_000);
  });

  test("names in its first block of code how to start Crier and how to test it", () => {
    const commands = firstBlock(readme, "sh")
      .split("\n")
      .map((line) => line.split("#")[0]?.trim());
    expect(commands).toEqual(expect.arrayContaining(["npm ci && npm start", "npm ci && npm test"]));
  });

  test("shows what crier plan prints of its post, with … for the lines that are left out", async () => {
    const folder = await aFolder();
    const [first = "", ...shown] = firstBlock(readme, "console").trimEnd().split("\n");
    const [, path = ""] = /^\$ npx crier plan (\S+)$/.exec(first) ?? [];
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), firstBlock(readme, "markdown"));
    const content = dirname(join(folder, path));
    const machine = await startIn(folder, { content, config: join(root, "crier.config.ts") });
    onTestFinished(() => clear(machine));
    const { out } = await crier(["plan", join(folder, path)], machine);
    const [head = "", rest = "", ...more] = `${shown.join("\n")}\n`.split(/^ *…\n/m);
    expect(more).toEqual([]);
    expect(out.slice(0, head.length)).toBe(head);
    expect(out.slice(head.length).slice(-rest.length)).toBe(rest);
  });
});

test.each(["README.md", "docs/write-a-post.md", "docs/front-matter.md"])(
  "%s shows a post that is published as it stands, without a warning",
  async (page) => {
    const block = firstBlock(await readFromRoot(page), "markdown");
    const [site] = loadConfig(example).sites;
    if (site === undefined) throw new Error("crier.config.ts names no site");
    const parsed = parseDocument(new TextEncoder().encode(block), "own-your-words.md", site);
    expect(parsed).toMatchObject({ kind: "post", warnings: [], content: { hold: undefined, title: "Own your words" } });
  },
);

test("the documents name only scripts that package.json has", async () => {
  const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const own = ["audit", "ci", "create", "exec", "install", "publish", "update", "version"];
  const unknown: string[] = [];
  for (const page of await pages()) {
    const named = [...(await readFromRoot(page)).matchAll(/(?:^|`|&& )npm (?:run )?([a-z][a-z0-9:-]*)/gm)].map(
      ([, script]) => script ?? "",
    );
    unknown.push(
      ...named.filter((script) => !own.includes(script) && !(script in scripts)).map((one) => `${page}: ${one}`),
    );
  }
  expect(unknown).toEqual([]);
});

test(".env.example names every variable of the example's accounts", async () => {
  const text = await readFile(join(root, ".env.example"), "utf8");
  const named = [...text.matchAll(/^#? ?(CRIER_[A-Z0-9_]+)=/gm)].map(([, variable]) => variable);
  const { accounts, sites } = loadConfig(example);
  const expected = accounts.flatMap((account) => Object.values(accountVariables(account, networks)));
  const webhooks = sites.map(({ id }) => variableFor(id, "webhookSecret"));
  expect(new Set(named)).toEqual(new Set(["CRIER_TOKEN", "CRIER_URL", ...webhooks, ...expected]));
});
