import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { aDocument, aFolderWith, eventually } from "../support/machine.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { aProcess } from "../support/started-process.ts";
import { crier } from "../support/terminal.ts";

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const token = "the-token";

test("after a move the old home may be started again: it serves its feeds, sends nothing and says so, until crier resume", async () => {
  const server = await aMastodonServer();
  open.push(server.close);
  const account = { name: "mastodon", network: "mastodon", server: server.url, pacing: { interval: "0s" } };
  const folder = await aFolderWith([account]);
  open.push(() => rm(folder, { recursive: true, force: true }));
  const start = async (data: string) => {
    const env = { CRIER_MASTODON_ACCESS_TOKEN: "secret", CRIER_TOKEN: token };
    const home = await aProcess(folder, ["--data", join(folder, data)], env);
    open.push(home.kill);
    return { ...home, env: { CRIER_URL: home.url, CRIER_TOKEN: token } };
  };
  const write = (name: string, document: string) => writeFile(join(folder, "posts", name), document);
  const status = async (home: { readonly env: NodeJS.ProcessEnv }, slug: string) =>
    (await crier(["status", slug], { folder, env: home.env })).all;
  const titles = () => server.titles().toSorted();

  await write("one.md", aDocument("One"));
  const first = await start("first");
  await write("two.md", aDocument("Two"));
  await eventually(async () => titles()).toEqual(["Two"]);
  // It is in both homes, and its time comes after the move.
  const soon = Date.now() + 12_000;
  await write("soon.md", `---\ntitle: Soon\ndate: ${new Date(soon).toISOString()}\n---\nSoon.\n`);
  await eventually(() => status(first, "soon")).toContain("scheduled");
  await first.stop();
  const moved = await crier(["export", "move.gz", "--data", "first", "--move"], { folder });
  expect(moved).toMatchObject({ code: 0, err: "" });

  const old = await start("first");
  const line =
    /^! this Crier has moved to another installation \(20\S+Z\): it serves its feeds, and sends nothing .* run npx crier resume --data \S+first$/;
  expect(old.printed.filter((one) => one.startsWith("! "))).toEqual([expect.stringMatching(line)]);
  expect((await fetch(new URL("feed.json", old.url))).status).toBe(200);
  await eventually(() => status(old, "soon"), 30_000).toContain("this Crier has moved to another installation");
  await write("three.md", aDocument("Three"));
  await eventually(() => status(old, "three"), 30_000).toContain("this Crier has moved to another installation");
  expect(titles()).toEqual(["Two"]);

  await writeFile(join(folder, "crier.config.ts"), 'export { default } from "./crier.config.mjs";\n');
  expect(await crier(["restore", "move.gz", "--data", "second"], { folder })).toMatchObject({ code: 0, err: "" });
  const second = await start("second");
  await eventually(async () => titles(), 30_000).toEqual(["Soon", "Three", "Two"]);
  expect(second.printed.filter((one) => one.startsWith("! "))).toEqual([]);
  await second.stop();

  // Back, after all: what the other home sent is found on the network, and not sent again.
  const running = await crier(["resume", "--data", "first"], { folder });
  expect(running).toMatchObject({ code: 1, err: expect.stringContaining("another Crier") });
  await old.stop();
  const resumed = await crier(["resume", "--data", "first"], { folder });
  expect(resumed).toMatchObject({ code: 0, out: expect.stringMatching(/^resumed: first sends again/) });
  const again = await crier(["resume", "--data", "first"], { folder });
  expect(again.out).toBe("first was not moved: nothing changed\n");
  const back = await start("first");
  expect(back.printed.filter((one) => one.startsWith("! "))).toEqual([]);
  await write("four.md", aDocument("Four"));
  await eventually(async () => titles(), 30_000).toEqual(["Four", "Soon", "Three", "Two"]);
}, 240_000);

test("an export that fails leaves its home as it was, and a Crier that runs is not moved", async () => {
  const folder = await aFolderWith([]);
  open.push(() => rm(folder, { recursive: true, force: true }));
  const home = await aProcess(folder);
  open.push(home.kill);
  const refused = await crier(["export", "move.gz", "--move"], {
    folder,
    env: { CRIER_URL: home.url, CRIER_TOKEN: "t" },
  });
  expect(refused).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^crier: a Crier that runs is not moved: stop it/),
  });
  await home.stop();
  await writeFile(join(folder, "file"), "");
  const failed = await crier(["export", "file/move.gz", "--data", "data", "--move"], { folder });
  expect(failed).toMatchObject({ code: 1, err: expect.stringMatching(/cannot be written/) });
  expect((await crier(["resume", "--data", "data"], { folder })).out).toBe("data was not moved: nothing changed\n");
});
