import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { drawnSeed } from "../support/drawn-seed.ts";
import { linkOfCopy } from "../support/link-of-copy.ts";
import { aDocument, aFolder, config, eventually } from "../support/machine.ts";
import { seededRandom } from "./seeded-random.ts";

const kills = Number(process.env.KILLS ?? 10);
const documents = 100;
const random = seededRandom(String(drawnSeed));

const jsonFeed = z.object({ items: z.array(z.object({ id: z.string(), title: z.string() })) });
const timelinePost = z.object({
  account: z.string(),
  id: z.string(),
  text: z.string(),
  card: z.object({ url: z.string() }).nullable(),
  deletedAt: z.string().nullable(),
});

interface Started {
  readonly child: ChildProcess;
  /** Resolves with the URL, or never if the process is killed before. */
  readonly ready: Promise<string>;
  readonly ended: Promise<unknown>;
  readonly said: () => string;
}

let folder: string;
let last: Started | undefined;

const start = (): Started => {
  const main = join(import.meta.dirname, "../../src/runtimes/local/main.ts");
  const args = [
    "--content",
    join(folder, "posts"),
    "--data",
    join(folder, "data"),
    "--port",
    "0",
    "--config",
    join(folder, "crier.config.mjs"),
  ];
  // Node itself, without a shell or npm: the signal must reach the process that does the work.
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const ready = Promise.withResolvers<string>();
  const hear = (chunk: unknown) => {
    said += String(chunk);
    const url = /^ready on (\S+)/m.exec(said)?.[1];
    if (url !== undefined) ready.resolve(url);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return { child, ready: ready.promise, ended: once(child, "exit"), said: () => said };
};

const titles = (): readonly string[] => Array.from({ length: documents }, (_, index) => `Document ${index + 1}`);

const copies = async () => {
  const text = await readFile(join(folder, "data/sandbox.jsonl"), "utf8");
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => timelinePost.parse(JSON.parse(line)));
  return [...new Map(rows.map((row) => [`${row.account} ${row.id}`, row])).values()];
};

beforeAll(async () => {
  folder = await aFolder();
  const [site] = config.sites;
  const written = { ...config, sites: [{ ...site, feeds: { entries: documents } }] };
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify(written)};\n`);
});
afterAll(async () => {
  last?.child.kill("SIGKILL");
  await last?.ended;
  await rm(folder, { recursive: true, force: true });
});

describe("kill -9", () => {
  it(`at ${kills} random moments loses nothing and posts nothing twice`, async () => {
    console.log(
      `kill -9: SEED=${drawnSeed}, ${kills} kills, ${documents} documents, ${config.accounts.length} accounts`,
    );
    const waiting = titles().map((title, index) => ({
      title,
      path: join(folder, "posts", `document-${index + 1}.md`),
    }));
    const write = async (): Promise<void> => {
      const next = waiting.shift();
      if (next !== undefined) await writeFile(next.path, aDocument(next.title, "categories: [Kept]\n"));
    };

    let beforeReady = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const running = start();
      last = running;
      const early = random() < 0.25;
      // Otherwise the test would wait for `ready` of a process that has ended by itself.
      const ended = running.ended.then(() => {
        throw new Error(`the runtime ended by itself:\n${running.said()}`);
      });
      ended.catch(() => undefined);
      if (early) beforeReady += 1;
      else await Promise.race([running.ready, ended]);
      const share = Math.ceil(waiting.length / (kills - kill));
      const moment = random() * (early ? 1_500 : 1_000);
      const writing = (async () => {
        for (let count = 0; count < share; count += 1) {
          await write();
          await pause(moment / share);
        }
      })();
      await pause(moment);
      expect(running.child.exitCode, running.said()).toBeNull();
      running.child.kill("SIGKILL");
      await running.ended;
      await writing;
    }
    while (waiting.length > 0) await write();

    const final = start();
    last = final;
    const url = await final.ready;
    await eventually(
      async () => jsonFeed.parse(await (await fetch(new URL("feed.json", url))).json()).items.length,
      60_000,
    ).toBe(documents);
    await eventually(async () => (await copies()).length, 240_000).toBe(documents * config.accounts.length);

    const { items } = jsonFeed.parse(await (await fetch(new URL("categories/kept/feed.json", url))).json());
    expect(items.map(({ title }) => title).toSorted()).toEqual(titles().toSorted());
    expect(new Set(items.map(({ id }) => id)).size).toBe(documents);

    const all = await copies();
    for (const { name } of config.accounts) {
      const links = all.filter(({ account }) => account === name).map(linkOfCopy);
      expect([name, links.length, new Set(links).size]).toEqual([name, documents, documents]);
    }
    expect(all.filter(({ deletedAt }) => deletedAt !== null)).toEqual([]);

    final.child.kill("SIGTERM");
    expect(await final.ended).toEqual([0, null]);
    console.log(
      `kill -9: ${kills} kills (${beforeReady} before ready): ${documents} entries, ${all.length} posts, none lost, none twice`,
    );
  });
});
