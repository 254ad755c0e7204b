import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { CreateBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as z from "zod";
import { day, minute, second } from "../../src/domain/time.ts";
import { folderObjects } from "../../src/objects/folder-objects.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { compressedBodies } from "../../src/store/bodies.ts";
import { openDatabase, sqliteRows, sqliteTable } from "../../src/store/sqlite-table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { exportLines, writeExport } from "../../src/transfer/export-file.ts";
import { aPost, deliveryIn, start } from "../support/builders.ts";
import { deployedConfig } from "../support/crier-config.ts";
import { createTable } from "../support/dynamodb.ts";
import { crier as runCrier } from "../support/terminal.ts";
import { type Aws, awsAt } from "./aws.ts";
import { type Emulator, startEmulator } from "./emulator.ts";
import { patience } from "./until.ts";

/**
 * Sizes of archives. `npm run recovery` measures a backup and a restore of 1,000 and of 10,000 posts, and writes the table in
 * docs/operations.md. They are measured on the emulator, and say nothing about the seconds that DynamoDB takes.
 */
const sizes = (process.env.RECOVERY ?? "100").split(",").map(Number);

let emulator: Emulator;
let aws: Aws;
let folder = "";

beforeAll(async () => {
  emulator = await startEmulator();
  aws = awsAt(emulator.endpoint);
  folder = await mkdtemp(join(tmpdir(), "crier-recovery-"));
  // The bucket must be in the path of a request: no resolver knows a host within localhost.
  const endpoint = emulator.endpoint.replace("localhost", "127.0.0.1");
  for (const [name, value] of Object.entries({ ...emulator.env, AWS_ENDPOINT_URL_S3: endpoint }))
    vi.stubEnv(name, value);
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(deployedConfig)};\n`);
  for (const Bucket of ["bodies", "feeds", "backups"]) await aws.s3.send(new CreateBucketCommand({ Bucket }));
}, patience);

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
  await emulator?.stop();
});

const accounts = ["mastodon", "bluesky", "x"];
const body = "<p>These are the words of a post, which has some hundred of them.</p>".repeat(80);

/** A blog with so many posts, each announced by three accounts, in the feed and in that of a category. */
const exportOf = async (posts: number): Promise<string> => {
  const database = openDatabase(":memory:");
  const bodies = folderObjects(join(folder, "bodies"));
  const store = tableStore(sqliteTable(database), { bodies, newId: systemRuntime.newId });
  for (let index = 0; index < posts; index += 1) {
    const [id, published] = [`post-${index}`, start - (posts - index) * minute];
    const post = aPost({
      id,
      slug: id,
      path: `${id}.md`,
      url: `https://blog.example.com/${id}/`,
      html: body,
      published,
    });
    await store.posts.save({ ...post, addresses: [id], due: undefined });
    await store.aliases.claim("blog", "address", id, id);
    for (const account of accounts)
      await store.deliveries.create({ ...deliveryIn.posted, post: id, account, due: undefined });
    for (const feed of ["main", "categories/words"] as const)
      await store.memberships.put("blog", { feed, id, published, version: 1 });
  }
  await store.feeds.touch("blog", "main", "A Blog", start - day);
  const file = join(folder, `${posts}.gz`);
  const lines = exportLines(sqliteRows(database), {
    bodies: compressedBodies(bodies),
    now: Date.now(),
    kind: "backup",
  });
  await writeExport(file, Readable.from(lines).pipe(createGzip()));
  return file;
};

const timed = async <T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> => {
  const began = performance.now();
  const result = await act();
  return { result, seconds: Math.round((performance.now() - began) / second) };
};

const crier = (...args: readonly string[]) => runCrier(args, { folder });

const Written = z.object({ file: z.string(), rows: z.number(), posts: z.number() });

const measure = async (posts: number): Promise<readonly number[]> => {
  const [stage, again] = [`posts-${posts}`, `again-${posts}`];
  for (const name of [stage, again]) {
    await createTable(aws.dynamodb, name);
    const names = { table: name, bodies: "bodies", feeds: "feeds" };
    const parameter = { Name: `/crier/${name}/storage`, Type: "String", Value: JSON.stringify(names) } as const;
    await aws.ssm.send(new PutParameterCommand(parameter));
  }
  expect(await crier("restore", await exportOf(posts), "--stage", stage)).toMatchObject({ code: 0, err: "" });
  const backup = await timed(() => crier("export", "--to", `s3://backups/${stage}/`, "--stage", stage, "--json"));
  expect(backup.result).toMatchObject({ code: 0, err: "" });
  const { file, rows, posts: written } = Written.parse(JSON.parse(backup.result.out));
  expect(written).toBe(posts);
  const restored = await timed(() => crier("restore", file, "--stage", again));
  expect(restored.result).toMatchObject({ code: 0, err: "" });
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: "backups", Prefix: `${stage}/` }));
  expect(Contents.map(({ Key }) => `s3://backups/${Key}`)).toEqual([file]);
  const megabytes = Math.ceil((Contents[0]?.Size ?? 0) / 1024 ** 2);
  return [posts, rows, megabytes, backup.seconds, restored.seconds];
};

const head = [
  "| Posts | Rows | Backup, MB | Backup into a bucket, seconds | Restore from it, seconds |",
  "| ---: | ---: | ---: | ---: | ---: |",
];

test("a backup of a deployment goes into a bucket and is restored from it into another deployment", async () => {
  const lines: string[] = [];
  for (const posts of sizes) {
    const line = `| ${(await measure(posts)).map((cell) => cell.toLocaleString("en")).join(" | ")} |`;
    // A long run shows how far it is.
    console.log(line);
    lines.push(line);
  }
  if (process.env.RECOVERY === undefined) return;
  const page = new URL("../../docs/operations.md", import.meta.url);
  const [before = "", rest = ""] = (await readFile(page, "utf8")).split("<!-- recovery -->\n");
  const [, after = ""] = rest.split("<!-- /recovery -->\n");
  const table = [...head, ...lines].join("\n");
  await writeFile(page, `${before}<!-- recovery -->\n\n${table}\n\n<!-- /recovery -->\n${after}`);
});
