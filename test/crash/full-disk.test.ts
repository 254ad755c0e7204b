import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TimelinePost } from "../../src/sandbox/timeline.ts";
import { linkOfCopy } from "../support/link-of-copy.ts";
import { aDocument, aFolder, config, eventually } from "../support/machine.ts";
import { aSmallDisk } from "../support/small-disk.ts";
import { aProcess } from "../support/started-process.ts";

const documents = 40;
const rounds = 5;

let folder: string;
let disk: ReturnType<typeof aSmallDisk>;
beforeAll(async () => {
  folder = await aFolder();
  const [site] = config.sites;
  const written = { ...config, sites: [{ ...site, feeds: { entries: documents } }] };
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify(written)};\n`);
  disk = aSmallDisk(join(folder, "data"), 6 * 1024 * 1024);
});
afterAll(async () => {
  disk?.unmount();
  await rm(folder, { recursive: true, force: true });
});

const copies = async (): Promise<readonly string[]> => {
  const text = await readFile(join(folder, "data/sandbox.jsonl"), "utf8");
  const rows: readonly TimelinePost[] = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  const byId = new Map(rows.map((row) => [`${row.account} ${row.id}`, row]));
  return [...byId.values()].map((row) => `${row.account} ${linkOfCopy(row)}`);
};

test("a disk that fills up and kill -9 while it is full lose nothing and post nothing twice", async (context) => {
  if (disk === undefined) return context.skip("only root on Linux can mount a small disk");
  let next = 0;
  const write = async () => {
    next += 1;
    await writeFile(join(folder, "posts", `document-${next}.md`), aDocument(`Document ${next}`));
  };
  for (let round = 0; round < rounds; round += 1) {
    const running = await aProcess(folder);
    for (let n = 0; n < documents / rounds; n += 1) {
      await write();
      if (n === 2) await disk.fill(round * 20_000);
      await pause(100);
    }
    await running.kill();
    await disk.empty();
  }
  const last = await aProcess(folder);
  const titles = async (): Promise<number> => {
    const feed: { readonly items: readonly unknown[] } = JSON.parse(
      await (await fetch(new URL("feed.json", last.url))).text(),
    );
    return feed.items.length;
  };
  await eventually(titles, 60_000).toBe(documents);
  await eventually(async () => (await copies()).length, 240_000).toBe(documents * config.accounts.length);
  const all = await copies();
  expect(new Set(all).size).toBe(all.length);
  await last.stop();
});
