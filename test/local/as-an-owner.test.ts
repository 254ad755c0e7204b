import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { run } from "../../src/cli/program.ts";
import { type AMachine, aDocument, aFolder, clear, config, eventually, startIn } from "../support/machine.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { piped } from "../support/terminal.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** The owner's site: a page at each of these paths. */
const aSite = async (...paths: readonly string[]) => {
  const pages = new Set(paths);
  const server = createServer(({ url = "" }, response) => response.writeHead(pages.has(url) ? 200 : 404).end("A page"));
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  open.push(() => server.close());
  const address = server.address();
  return { pages, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/` };
};

const credentials = { CRIER_MASTODON_ACCESS_TOKEN: "secret" };

/** An owner with an account on a Mastodon server, which counts as real. Nothing is configured but what a test is about. */
const anOwner = async (
  site: Readonly<Record<string, unknown>> = {},
  policies: Readonly<Record<string, unknown>> = {},
) => {
  const server = await aMastodonServer();
  open.push(server.close);
  const folder = await aFolder();
  open.push(() => rm(folder, { recursive: true, force: true }));
  /** A configuration is a module, which a process reads once: a changed one has a name of its own. */
  const configure = async (name: string, changed: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    const accounts = [{ name: "mastodon", network: "mastodon", server: server.url, pacing: { interval: "0s" } }];
    const sites = config.sites.map((one) => ({ ...one, ...site, ...changed }));
    const written = { sites, accounts, policies: { settle: "0s", live: "ignore", ...policies } };
    await writeFile(join(folder, name), `export default ${JSON.stringify(written)};\n`);
  };
  await configure("first.config.mjs");
  const write = async (path: string, document: string): Promise<void> => {
    await mkdir(dirname(join(folder, "posts", path)), { recursive: true });
    await writeFile(join(folder, "posts", path), document);
  };
  const start = async (
    name = "first.config.mjs",
    env: Readonly<Record<string, string>> = credentials,
  ): Promise<AMachine> => {
    const machine = await startIn(folder, {
      config: join(folder, name),
      env,
    });
    open.push(() => clear(machine));
    await machine.idle();
    return machine;
  };
  return { server, folder, configure, write, start };
};

const crier = async (machine: AMachine, ...args: readonly string[]): Promise<string> => {
  const lines: string[] = [];
  const terminal = { env: machine.env, folder: machine.folder, input: piped(""), err: () => {} };
  await run([...args], { ...terminal, out: (line) => lines.push(line) });
  await machine.idle();
  return lines.join("\n");
};

const anOldPost = (number: number): string =>
  `---\ntitle: Post ${number}\ndate: ${2010 + (number % 15)}-03-${String((number % 28) + 1).padStart(2, "0")}\n---\nWords ${number}.\n`;

test("a first start in front of a Hugo site with 60 old posts and three pages announces nothing", async () => {
  const owner = await anOwner();
  for (let number = 0; number < 60; number += 1) await owner.write(`posts/post-${number}/index.md`, anOldPost(number));
  for (const page of ["_index.md", "posts/_index.md", "404.md"])
    await owner.write(page, `---\ntitle: ${page}\n---\nA page.\n`);
  const machine = await owner.start();
  expect(await machine.titles()).toHaveLength(20);
  expect(machine.printed.join("\n")).toContain("held 60 documents at its first listing");
  expect(owner.server.titles()).toEqual([]);
});

test("a draft that is saved five times announces nothing, and once when it is published", async () => {
  const owner = await anOwner({}, { settle: "1s" });
  const machine = await owner.start();
  for (let save = 0; save < 5; save += 1) {
    await machine.write("draft.md", aDocument(`Version ${save}`, "draft: true\n"));
    await eventually(async () => (await machine.api("GET", "api/posts/draft")).status).toBe(200);
    await machine.idle();
  }
  expect(owner.server.titles()).toEqual([]);
  await machine.write("draft.md", aDocument("Finished"));
  await eventually(async () => owner.server.titles()).toEqual(["Finished"]);
  await machine.idle();
  expect(owner.server.titles()).toEqual(["Finished"]);
});

test("a wrong permalink is seen by nobody, says so, and the corrected one is announced", async () => {
  const site = await aSite("/right/new/");
  const owner = await anOwner({ url: site.url, permalink: "/wrong/:slug/" }, { live: "wait" });
  const first = await owner.start();
  await first.write("new.md", aDocument("New"));
  const reason = `waits until ${site.url}wrong/new/ is live: it answers 404`;
  await eventually(() => crier(first, "status", "new")).toContain(reason);
  expect(owner.server.titles()).toEqual([]);
  await first.stop();

  await owner.configure("second.config.mjs", { permalink: "/right/:slug/" });
  const second = await owner.start("second.config.mjs");
  await eventually(async () => owner.server.titles()).toEqual(["New"]);
  expect(await crier(second, "status", "new")).toContain("posted");
});

test("of a burst the first posts are announced, and the rest when the owner releases it", async () => {
  const owner = await anOwner({}, { burst: 2 });
  const machine = await owner.start();
  const slugs = ["a", "b", "c", "d"];
  for (const slug of slugs) await machine.write(`${slug}.md`, aDocument(slug));
  const reason = "more than 2 new posts within an hour";
  const held = async () =>
    (await Promise.all(slugs.map((slug) => crier(machine, "status", slug)))).filter((lines) => lines.includes(reason))
      .length;
  await eventually(held, 60_000).toBe(2);
  expect(owner.server.titles()).toHaveLength(2);
  await crier(machine, "release", "--all");
  await eventually(async () => owner.server.titles().toSorted(), 60_000).toEqual(slugs);
}, 120_000);

test("a lost data folder and a restored backup announce nothing", async () => {
  const owner = await anOwner();
  const first = await owner.start();
  await first.write("one.md", aDocument("One"));
  await eventually(async () => owner.server.titles()).toEqual(["One"]);
  await first.idle();
  await first.stop();
  const backup = join(owner.folder, "backup");
  await cp(first.data, backup, { recursive: true });

  await rm(first.data, { recursive: true });
  const second = await owner.start();
  await second.stop();
  expect(owner.server.titles()).toEqual(["One"]);

  await rm(first.data, { recursive: true });
  await cp(backup, first.data, { recursive: true });
  const third = await owner.start();
  expect(owner.server.titles()).toEqual(["One"]);
  await third.write("two.md", aDocument("Two"));
  await eventually(async () => owner.server.titles()).toEqual(["One", "Two"]);
});

test("a restored backup that is older than the newest posts announces none of them again, with its credentials", async () => {
  const owner = await anOwner();
  const first = await owner.start();
  await first.stop();
  const backup = join(owner.folder, "backup");
  await cp(first.data, backup, { recursive: true });
  const second = await owner.start();
  await second.write("one.md", aDocument("One"));
  await second.write("two.md", aDocument("Two"));
  await eventually(async () => owner.server.titles().toSorted()).toEqual(["One", "Two"]);
  await second.idle();
  await second.stop();

  await rm(first.data, { recursive: true });
  await cp(backup, first.data, { recursive: true });
  owner.server.forgetKeys();
  const third = await owner.start();
  await eventually(() => crier(third, "status", "one", "--history")).toContain(
    "found on mastodon: it was sent before this table knew it",
  );
  await eventually(() => crier(third, "status", "two")).toContain("posted");
  await third.write("three.md", aDocument("Three"));
  await eventually(async () => owner.server.titles().length).toBe(3);
  expect(owner.server.titles().toSorted()).toEqual(["One", "Three", "Two"]);
  expect(owner.server.sends()).toBe(3);
});

test("--again announces once more, once", async () => {
  const owner = await anOwner();
  const machine = await owner.start();
  await machine.write("one.md", aDocument("One"));
  await eventually(async () => owner.server.titles()).toEqual(["One"]);
  await crier(machine, "publish", "one", "--again");
  await eventually(async () => owner.server.titles()).toEqual(["One", "One"]);
  await machine.idle();
  expect(owner.server.titles()).toEqual(["One", "One"]);
});
