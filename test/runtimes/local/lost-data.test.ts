import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { run } from "../../../src/cli/program.ts";
import { type AMachine, aDocument, aFolder, clear, config, eventually, startIn } from "../../support/machine.ts";
import { piped } from "../../support/terminal.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A server on loopback with what a first send needs of Mastodon. */
const aMastodon = async () => {
  const statuses: string[] = [];
  const server: Server = createServer(async (request, response) => {
    response.setHeader("content-type", "application/json");
    const isTimeline = request.method === "GET" && request.url?.includes("/statuses") === true;
    if (isTimeline) return response.end("[]");
    if (request.method === "GET") return response.end(JSON.stringify({ id: "1", url: "https://social.example/@me" }));
    const body: { readonly status: string } = JSON.parse(await text(request));
    statuses.push(body.status.split("\n")[0] ?? "");
    response.end(JSON.stringify({ id: String(statuses.length), url: `https://social.example/@me/${statuses.length}` }));
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  open.push(() => server.close());
  const address = server.address();
  return { statuses, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
};

const env = { CRIER_MASTODON_ACCESS_TOKEN: "secret" };

/** A folder with two documents, whose account `mastodon` is on the server. */
const aFolderFor = async (server: string): Promise<string> => {
  const folder = await aFolder({ "one.md": aDocument("One"), "two.md": aDocument("Two") });
  const mastodon = { name: "mastodon", network: "mastodon", server, pacing: { interval: "0s" } };
  const accounts = [mastodon, { name: "x", network: "x" }];
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify({ ...config, accounts })};\n`);
  open.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const started = async (folder: string): Promise<AMachine> => {
  const machine = await startIn(folder, { env });
  open.push(() => clear(machine));
  return machine;
};

test("a lost data folder announces nothing on an account with credentials, and the feeds are whole again", async () => {
  const { statuses, url } = await aMastodon();
  const folder = await aFolderFor(url);
  const first = await started(folder);
  await first.write("three.md", aDocument("Three"));
  await eventually(async () => statuses).toEqual(["Three"]);
  await first.idle();
  await first.stop();

  await rm(first.data, { recursive: true });
  const second = await started(folder);
  await second.idle();
  expect((await second.titles()).toSorted()).toEqual(["One", "Three", "Two"]);
  expect(second.printed.join("\n")).toContain("the source folder held 3 documents at its first listing");
  expect((await second.sandbox()).map(({ account }) => account)).toEqual(["x", "x", "x"]);
  expect(statuses).toEqual(["Three"]);

  await second.write("four.md", aDocument("Four"));
  await eventually(async () => statuses).toEqual(["Three", "Four"]);
  await second.stop();
  await started(folder);
  expect(statuses).toEqual(["Three", "Four"]);
});

test("the sandbox says of each post that was there before that it would not be sent, until it is published by hand", async () => {
  const folder = await aFolder({ "one.md": aDocument("One") });
  open.push(() => rm(folder, { recursive: true, force: true }));
  const machine = await startIn(folder);
  open.push(() => clear(machine));
  await machine.write("two.md", aDocument("Two"));
  await eventually(async () => (await machine.sandbox()).length).toBe(6);
  await machine.idle();
  const notes = async () => (await (await machine.get("sandbox")).text()).match(/(?<=class="note">)[^<]*/g);
  const note = "would not be sent: it was there before Crier&#39;s first listing";
  expect(await notes()).toEqual([note, note, note]);
  await machine.api("PUT", "api/posts/one", await readFile(join(machine.content, "one.md"), "utf8"));
  await machine.idle();
  expect(await notes()).toBeNull();
  expect(await machine.sandbox()).toHaveLength(6);
});

test("of what was there before, the sandbox shows the newest posts, not those whose names come first", async () => {
  const posts = Array.from({ length: 12 }, (_, index) => index + 1);
  const folder = await aFolder(
    Object.fromEntries(
      posts.map((number) => [
        `${String.fromCharCode(96 + number)}.md`,
        `---\ntitle: Post ${number}\ndate: 2024-${String(number).padStart(2, "0")}-01\n---\nWords of ${number}.\n`,
      ]),
    ),
  );
  open.push(() => rm(folder, { recursive: true, force: true }));
  const config = (await readFile(join(folder, "crier.config.mjs"), "utf8")).replace('"burst":1000', '"burst":3');
  await writeFile(join(folder, "crier.config.mjs"), config);
  const machine = await startIn(folder);
  open.push(() => clear(machine));
  await machine.idle();
  const shown = (await machine.sandbox())
    .filter(({ account }) => account === "x")
    .map(({ text }) => text.split("\n")[0]);
  expect(shown.toSorted()).toEqual(["Post 10", "Post 11", "Post 12"]);
});

test("what was there before is announced by hand, with crier publish, once", async () => {
  const { statuses, url } = await aMastodon();
  const machine = await started(await aFolderFor(url));
  await machine.idle();
  expect(statuses).toEqual([]);
  const publish = async (document = join(machine.content, "one.md")) => {
    const lines: string[] = [];
    const terminal = { env: machine.env, folder: machine.folder, input: piped(""), err: () => {} };
    const code = await run(["publish", document], {
      ...terminal,
      out: (line) => lines.push(line),
    });
    await machine.idle();
    return [code, lines.join("").split("  ")[0]];
  };
  expect(await publish()).toEqual([0, "updated one"]);
  await eventually(async () => statuses).toEqual(["One"]);
  expect(await publish()).toEqual([0, "already published one"]);
  expect(statuses).toEqual(["One"]);
  expect(await (await machine.api("GET", "api/posts/one")).json()).toMatchObject({ reason: null });
  expect(await publish("two")).toEqual([0, "updated two"]);
  await eventually(async () => statuses).toEqual(["One", "Two"]);
  expect(await publish("two")).toEqual([0, "unchanged two"]);
  expect(await publish("three")).toEqual([1, ""]);
  expect(statuses).toEqual(["One", "Two"]);
});
