import { execFile } from "node:child_process";
import { cp, glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { crierAt, start } from "./running.ts";
import { ownConfig, root } from "./workspace.ts";

const run = promisify(execFile);
const { built, earlier, npmEnv, parent, withoutParent } = inject("workspace");

/** The entries of a post, as each of the feeds has them. */
const entriesOf = (
  feeds: Readonly<Record<string, string>>,
  slug: string,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, text]) => {
      const entries: readonly string[] = name.endsWith(".json")
        ? JSON.parse(text).items.map((item: unknown) => JSON.stringify(item))
        : (text.match(/<(item|entry)>.*?<\/\1>/gs) ?? []);
      return [name, entries.filter((entry) => entry.includes(`/${slug}/`))];
    }),
  );

test("npm update crier brings this code in the place of the commit before, which posts nothing twice and leaves every feed as it is", async () => {
  if (withoutParent !== undefined) console.log(`The update is of the same code: ${withoutParent}`);
  const place = { folder: earlier, version: "24.21.0", data: ".crier" };
  const crier = crierAt(place);
  const server = await aMastodonServer();
  const readFeeds = async (url: string): Promise<Readonly<Record<string, string>>> => {
    const folder = join(earlier, ".crier/public");
    const files = (await Array.fromAsync(glob("**/{feed,atom}.{xml,json}", { cwd: folder }))).toSorted();
    const texts = files.map(async (file) => {
      // The port of this server is another one at each start.
      const text = (await readFile(join(folder, file), "utf8")).replaceAll(url, "http://here/");
      return [file, text];
    });
    return Object.fromEntries(await Promise.all(texts));
  };
  /** A commit that changes what a feed of examples looks like may change that of an owner. */
  const hasSameRendering = async () => {
    const read = (source: string) =>
      Promise.all(["feed.xml", "atom.xml", "feed.json"].map((file) => readFile(join(source, "test/golden", file))));
    return withoutParent !== undefined || Buffer.concat(await read(root)).equals(Buffer.concat(await read(parent)));
  };
  try {
    await writeFile(
      join(earlier, "crier.config.ts"),
      ownConfig.replace('"https://mastodon.example"', `${JSON.stringify(server.url)}, pacing: { interval: "0s" }`),
    );
    await writeFile(join(earlier, ".env"), "CRIER_MASTODON_ACCESS_TOKEN=secret\n");
    await cp(join(root, "examples/posts"), join(earlier, "posts"), { recursive: true });
    const before = await start(place);
    await writeFile(join(earlier, "third.md"), "---\ntitle: Third\n---\nText.\n");
    await crier(before.url, "publish", "third.md");
    await expect.poll(() => server.titles()).toEqual(["Third"]);
    await expect.poll(() => crier(before.url, "status", "third")).toContain("posted");
    // The feeds name the copy, once it is there.
    const mainFeeds = async () =>
      Object.entries(await readFeeds(before.url)).filter(
        ([name, text]) => !name.includes("/") && text.includes("@me/1"),
      );
    await expect
      .poll(async () => (await mainFeeds()).map(([name]) => name))
      .toEqual(["atom.xml", "feed.json", "feed.xml"]);
    const written = await readFeeds(before.url);
    expect(await before.end("SIGTERM")).toBe(0);

    const versionOf = async (folder: string) =>
      JSON.parse(await readFile(join(folder, "package.json"), "utf8")).version;
    const packages = join(earlier, "node_modules/crier");
    expect(await versionOf(packages)).toBe(`${await versionOf(built)}-parent`);
    await run("npm", ["update", "crier"], { cwd: earlier, env: npmEnv });
    expect(await versionOf(packages)).toBe(await versionOf(built));

    const after = await start(place);
    expect(after.lines.join("\n")).not.toMatch(/did not end|Error/);
    if (await hasSameRendering()) expect(await readFeeds(after.url)).toEqual(written);
    await writeFile(join(earlier, "fourth.md"), "---\ntitle: Fourth\n---\nText.\n");
    await crier(after.url, "publish", "fourth.md");
    await expect.poll(() => server.titles()).toEqual(["Third", "Fourth"]);
    // These feeds are written by the new version.
    await expect
      .poll(async () => Object.values(await readFeeds(after.url)).filter((text) => text.includes("@me/2")))
      .toHaveLength(3);
    const [old, now] = [entriesOf(written, "third"), entriesOf(await readFeeds(after.url), "third")];
    if (await hasSameRendering()) expect(now).toEqual(old);
    expect(await crier(after.url, "status", "third")).toMatch(/mastodon +posted +\S+@me\/1/);
    expect(server.sends()).toBe(2);
    expect(await after.end("SIGTERM")).toBe(0);
  } finally {
    server.close();
  }
});
