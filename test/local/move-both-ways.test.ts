import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { exportDeployment, openDeployment } from "../../src/transfer/deployment.ts";
import { writeExport } from "../../src/transfer/export-file.ts";
import { readEntries } from "../support/feed-entries.ts";
import { type AMachine, aDocument, eventually, startIn } from "../support/machine.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { crier } from "../support/terminal.ts";
import type { ADeployment } from "../transfer/a-deployment.ts";

// The account's server in the configuration of both homes.
const server = await aMastodonServer();
process.env.CRIER_TEST_SERVER = server.url;
const { deployedConfig } = await import("../support/crier-config.ts");
const { aDeployment } = await import("../transfer/a-deployment.ts");

const open: (() => unknown)[] = [];
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-move-"));
  await mkdir(join(folder, "posts"));
  open.push(() => rm(folder, { recursive: true }), server.close);
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(deployedConfig)};\n`);
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const start = async (data: string): Promise<AMachine> => {
  const machine = await startIn(folder, {
    config: join(folder, "crier.config.ts"),
    content: join(folder, "posts"),
    data: join(folder, data),
    env: { CRIER_MASTODON_ACCESS_TOKEN: "secret" },
  });
  const here = { ...machine, data: join(folder, data) };
  open.push(() => machine.stop());
  await machine.idle();
  return here;
};

const command = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const done = await crier(args, { folder, env });
  expect(done, done.err).toMatchObject({ code: 0 });
  return done.out;
};

const files = ["feed.xml", "atom.xml", "feed.json", "categories/press/feed.json", "archive/1.json", "archive/1.xml"];

const onMachine = ({ data }: AMachine) => readEntries(files, (path) => readFile(join(data, "public", path), "utf8"));
/** A feed that was rendered within ten seconds waits. */
const onAws = async (aws: ADeployment) => {
  await aws.settle();
  return readEntries(files, async (path) => aws.text(path));
};

const documents: Record<string, string> = {
  "one.md": aDocument("One", "categories: [Press]\n"),
  "ja/two.md": aDocument("Two", "language: en\ntranslationKey: two\n"),
  "draft.md": aDocument("Draft", "draft: true\n"),
};
const later = Date.now() + 3_600_000;
const scheduled = `---\ntitle: Later\ndate: ${new Date(later).toISOString()}\n---\nLater.\n`;

test("a blog moves to AWS and back: no feed has another entry, no network a second post, and what waited is sent once", async () => {
  // The first installation has two posts that are announced, a draft, one that is due in an hour, and a third one,
  // which the breaker holds.
  const first = await start("first");
  for (const [path, document] of Object.entries(documents)) await first.write(path, document);
  await first.write("later.md", scheduled);
  await eventually(async () => server.titles().toSorted()).toEqual(["One", "Two"]);
  await eventually(async () => (await first.get("syndication/one.json")).status).toBe(200);
  await eventually(async () => (await first.get("syndication/ja/two.json")).status).toBe(200);
  const held = aDocument("Held", "categories: [Press]\n");
  await first.write("held.md", held);
  await eventually(async () =>
    (await (await first.api("GET", "api/deliveries?state=held")).text()).includes("held"),
  ).toBe(true);
  await first.idle();
  const atHome = await onMachine(first);
  const receipt = await (await first.get("syndication/one.json")).text();
  expect(atHome["feed.json"]).toHaveLength(3);
  await first.stop();
  await command(["export", "move.gz", "--data", "first", "--move"]);

  // The installation moves to AWS, where a new deployment has listed its empty bucket.
  const aws = await aDeployment("test");
  aws.aws.parameters.set("/crier/test/accounts/mastodon", '{"accessToken":"secret"}');
  await aws.reconcile();
  await command(["restore", "move.gz", "--stage", "test"]);
  await aws.settle();
  expect(await onAws(aws)).toEqual(atHome);
  expect(aws.text("syndication/one.json")).toBe(receipt);
  // The hourly listing finds an empty bucket, and then the documents come in.
  await aws.reconcile();
  for (const [path, document] of Object.entries({ ...documents, "later.md": scheduled, "held.md": held }))
    await aws.write(path, document);
  await aws.reconcile();
  expect(await onAws(aws)).toEqual(atHome);
  expect(server.titles().toSorted()).toEqual(["One", "Two"]);
  // The feeds, which the audit spreads over the hour, aside.
  const dueBefore = async (moment: number) =>
    (await aws.store.due.before(moment, 100)).map(({ kind }) => kind).filter((kind) => kind !== "feed");
  expect(await dueBefore(later - 1_000)).toEqual([]);
  expect(await dueBefore(later + 1_000)).toEqual(["post"]);
  expect((await aws.api("POST", "api/deliveries/release?post=held")).status).toBe(200);
  await aws.settle();
  await aws.write("four.md", aDocument("Four"));
  expect(server.titles().toSorted()).toEqual(["Held", "One", "Two"]);
  expect((await aws.api("POST", "api/deliveries/release?all=true")).status).toBe(200);
  await aws.settle();
  expect(server.titles().toSorted()).toEqual(["Four", "Held", "One", "Two"]);
  const waiting = async () => (await aws.store.due.before(Date.now() + 12_000, 100)).length;
  await eventually(async () => aws.settle().then(waiting), 40_000).toBe(0);
  const onAwsBefore = await onAws(aws);
  expect(onAwsBefore["feed.json"]).toHaveLength(4);
  expect(aws.alarms).toEqual(["held"]);

  // And back, into a new data folder; the documents are in the folder again.
  expect(await command(["export", "back.gz", "--stage", "test"])).toContain("A backup: this Crier continues to send");
  const paused: number[] = [];
  const deployment = openDeployment(
    "test",
    { table: aws.tableName, bodies: "bodies", feeds: "feeds" },
    { ...systemRuntime, pause: async (milliseconds) => void paused.push(milliseconds) },
  );
  await exportDeployment(deployment, "move", (lines) =>
    writeExport(join(folder, "back.gz"), Readable.from(lines).pipe(createGzip())),
  );
  // The pause lasts until no earlier request is on its way.
  expect(paused).toEqual([90_000]);
  // The deployment is still there, with its secret, and a document comes in.
  await aws.write("late.md", aDocument("Late"));
  const [late] = (await aws.store.deliveries.inState("mastodon", "pending")).rows;
  expect(late?.reason).toMatch(/^this Crier has moved to another installation/);
  expect(await (await aws.api("GET", "api/accounts")).text()).toContain("this Crier has moved to another installation");
  expect(server.titles().toSorted()).toEqual(["Four", "Held", "One", "Two"]);
  await first.write("four.md", aws.text("four.md"));
  await command(["restore", "back.gz", "--data", "second"]);
  const second = await start("second");
  await eventually(() => onMachine(second)).toEqual(onAwsBefore);
  await second.write("draft.md", aDocument("Draft"));
  await second.write("five.md", aDocument("Five"));
  await eventually(async () =>
    (await (await second.api("GET", "api/deliveries?state=held")).text()).match(/"id"/g),
  ).toHaveLength(2);
  await command(["release", "--all"], second.env);
  const all = ["Draft", "Five", "Four", "Held", "One", "Two"];
  await eventually(async () => server.titles().toSorted()).toEqual(all);
  await second.idle();
  expect(server.titles().toSorted()).toEqual(all);
});
