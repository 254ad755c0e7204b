import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aServer } from "../../outside/loopback.ts";
import { aFolder, startIn } from "../../support/machine.ts";

const hugo = await readFile(join(import.meta.dirname, "../../golden/source-feeds/hugo.xml"), "utf8");

test("npm start -- --feed shows what Crier makes of a feed that Hugo wrote, and a restart repeats nothing", async () => {
  const server = await aServer((_, response) => response.end(hugo));
  const folder = await aFolder();
  for (const _ of ["start", "restart"]) {
    const machine = await startIn(folder, { content: undefined, feed: `${server.url}/index.xml` });
    await machine.idle();
    expect(await machine.titles()).toEqual([
      "The <b> element",
      "Grüße aus Łódź – 日本語",
      'Ampersands & "quotes" in a title',
    ]);
    const shown = (await machine.sandbox()).filter(({ account }) => account === "mastodon");
    expect(shown.map(({ text }) => /https:\S+/.exec(text)?.[0]).toSorted()).toEqual(
      ["first", "second", "third"].map((name) => `https://blog.example.com/posts/${name}/`),
    );
    await machine.stop();
  }
});

test("npm start -- --feed with the address of a page names the feeds of the page", async () => {
  const server = await aServer((_, response) =>
    response.end('<html><head><link rel="alternate" type="application/rss+xml" href="/index.xml"></head></html>'),
  );
  const feed = `${server.url}/`;
  await expect(startIn(await aFolder(), { content: undefined, feed })).rejects.toThrow(
    `--feed ${feed} could not be read: it is a page, not a feed: its feeds are ${server.url}/index.xml`,
  );
});
