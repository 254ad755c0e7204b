import { access, glob, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import example from "../../crier.config.ts";
import { accountsVerb, verbs } from "../../src/cli/verbs.ts";
import { loadConfig } from "../../src/config.ts";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { networks } from "../../src/networks/index.ts";
import { variableFor, variablesOf } from "../../src/runtimes/local/environment-secrets.ts";

const root = join(import.meta.dirname, "../..");
const readme = await readFile(join(root, "README.md"), "utf8");

describe("the README", () => {
  test("names every command in one block", () => {
    const block = readme.split("```sh\n").find((part) => part.startsWith("npx crier plan")) ?? "";
    const named = [...(block.split("```")[0]?.matchAll(/^npx crier (\w+)/gm) ?? [])].map(([, verb]) => verb ?? "");
    const known = [...verbs, accountsVerb].map(({ spec }) => spec.split(" ")[0] ?? "");
    expect(new Set(named)).toEqual(new Set([...known, "doctor", "sandbox"]));
  });

  test("names in its first block of code how to start Crier and how to test it", () => {
    const [, block = ""] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    const commands = block.split("\n").map((line) => line.split("#")[0]?.trim());
    expect(commands).toEqual(expect.arrayContaining(["npm ci && npm start", "npm ci && npm test"]));
  });

  test("shows a post that is published as it stands, without a warning", () => {
    const [, block = ""] = /```markdown\n([\s\S]*?)```/.exec(readme) ?? [];
    const [site] = loadConfig(example).sites;
    if (site === undefined) throw new Error("crier.config.ts names no site");
    const parsed = parseDocument(new TextEncoder().encode(block), "own-your-words.md", site);
    expect(parsed).toMatchObject({ kind: "post", warnings: [], content: { hold: undefined, title: "Own your words" } });
  });

  test("names only scripts that package.json has", async () => {
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const own = ["ci", "install", "exec"];
    for (const file of ["README.md", "CONTRIBUTING.md"]) {
      const text = await readFile(join(root, file), "utf8");
      const named = [...text.matchAll(/(?:^|`|&& )npm (?:run )?([a-z][a-z0-9:-]*)/gm)].map(
        ([, script]) => script ?? "",
      );
      expect(named.filter((script) => !own.includes(script) && !(script in scripts))).toEqual([]);
    }
  });
});

test(".env.example names every variable of the example's accounts", async () => {
  const text = await readFile(join(root, ".env.example"), "utf8");
  const named = [...text.matchAll(/^#? ?(CRIER_[A-Z0-9_]+)=/gm)].map(([, variable]) => variable);
  const { accounts, sites } = loadConfig(example);
  const expected = accounts.flatMap((account) => Object.values(variablesOf(account, networks)));
  const webhooks = sites.map(({ id }) => variableFor(id, "webhookSecret"));
  expect(new Set(named)).toEqual(new Set(["CRIER_TOKEN", "CRIER_URL", ...webhooks, ...expected]));
});

test("links in the documents lead to files that exist", async () => {
  const broken: string[] = [];
  for await (const file of glob(["*.md", "docs/**/*.md"], { cwd: root })) {
    const text = await readFile(join(root, file), "utf8");
    const targets = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target]) => target ?? "");
    for (const target of targets.filter((target) => !/^[a-z]+:/.test(target))) {
      await access(join(root, dirname(file), target)).catch(() => broken.push(`${file} → ${target}`));
    }
  }
  expect(broken).toEqual([]);
});
