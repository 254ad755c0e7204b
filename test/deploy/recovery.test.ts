import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { day, minute, second } from "../../src/domain/time.ts";
import { folderObjects } from "../../src/objects/folder-objects.ts";
import { s3Objects } from "../../src/objects/s3-objects.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { compressedBodies } from "../../src/store/bodies.ts";
import { dynamoStore } from "../../src/store/dynamo-table.ts";
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

/** Makes the table of a stage, and names it and the buckets as its stack does. */
const addStage = async (stage: string): Promise<void> => {
  await createTable(aws.dynamodb, stage);
  const names = { table: stage, bodies: "bodies", feeds: "feeds" };
  const parameter = { Name: `/crier/${stage}/storage`, Type: "String", Value: JSON.stringify(names) } as const;
  await aws.ssm.send(new PutParameterCommand(parameter));
};

const measure = async (posts: number): Promise<readonly number[]> => {
  const [stage, again] = [`posts-${posts}`, `again-${posts}`];
  for (const name of [stage, again]) await addStage(name);
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

const root = join(import.meta.dirname, "../..");
const Workflow = z.object({
  jobs: z.object({ backup: z.object({ steps: z.array(z.looseObject({ run: z.string().optional() })) }) }),
});

/** The rights that examples/backup.yml names, each on a resource. */
const namedRights = (text: string) =>
  [...text.matchAll(/^# {3}(\S+:\S.*?) {2,}on the (.*)$/gm)].map(([, actions = "", of = ""]) => ({
    actions: actions.split(", "),
    resource: resources[of] ?? `no resource is known for: ${of}`,
  }));

const resources: Readonly<Record<string, string>> = {
  "parameter /crier/production/storage": "arn:aws:ssm:us-east-1:123456789012:parameter/crier/production/storage",
  table: "arn:aws:dynamodb:us-east-1:123456789012:table/production",
  "objects of the bucket of the bodies": "arn:aws:s3:::bodies/*",
  "bucket of the bodies": "arn:aws:s3:::bodies",
  "objects of the bucket of the backups": "arn:aws:s3:::backups/*",
};

type Right = readonly [action: string, resource: string];

/** Runs a line of the shell in Crier's folder as a role with these rights. Returns what it printed. */
const asRole = async (line: string, rights: readonly Right[]) => {
  const Statement = rights.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource }));
  const body = JSON.stringify({ Version: "2012-10-17", Statement });
  const given = await fetch(`${emulator.endpoint}/emulator/role?backup`, { method: "POST", body });
  const credentials = z.record(z.string(), z.string()).parse(await given.json());
  const env = { ...process.env, ...credentials, BACKUP_BUCKET: "backups" };
  return promisify(execFile)("sh", ["-ec", line], { cwd: root, env }).then(
    ({ stdout }) => stdout,
    (error: unknown) => z.object({ stderr: z.string() }).parse(error).stderr,
  );
};

test("a backup goes into a bucket of another region than its deployment, and is restored from there", async () => {
  const abroad = new S3Client({ region: "eu-central-1" });
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" } as const;
  await abroad.send(new CreateBucketCommand({ Bucket: "abroad", CreateBucketConfiguration }));
  // S3 refuses a client that stays in the region of the deployment.
  await expect(aws.s3.send(new ListObjectsV2Command({ Bucket: "abroad" }))).rejects.toThrow(/endpoint/);
  for (const name of ["here", "there"]) await addStage(name);
  expect(await crier("restore", await exportOf(1), "--stage", "here")).toMatchObject({ code: 0, err: "" });
  const backup = await crier("export", "--to", "s3://abroad/crier/", "--stage", "here", "--json");
  expect(backup).toMatchObject({ code: 0, err: "" });
  const { file, posts } = Written.parse(JSON.parse(backup.out));
  expect(posts).toBe(1);
  const { Contents = [] } = await abroad.send(new ListObjectsV2Command({ Bucket: "abroad" }));
  expect(Contents.map(({ Key }) => `s3://abroad/${Key}`)).toEqual([file]);
  expect(await crier("restore", file, "--stage", "there")).toMatchObject({ code: 0, err: "" });
});

test("the commands of examples/backup.yml and of the crontab work word for word with the rights that the example names, each of which they need", async () => {
  const example = await readFile(join(root, "examples/backup.yml"), "utf8");
  const page = await readFile(join(root, "docs/operations.md"), "utf8");
  const rights = namedRights(example).flatMap(({ actions, resource }) =>
    actions.map((action): Right => [action, resource]),
  );
  expect(rights).toHaveLength(7);
  await addStage("production");
  const bodies = s3Objects({ client: aws.s3, bucket: "bodies" });
  const store = dynamoStore({ client: aws.dynamodb, table: "production", bodies, newId: systemRuntime.newId });
  // It does not fit into its row.
  await store.posts.save(aPost({ html: `<p>${randomBytes(512 * 1024).toString("base64")}</p>` }));
  const { steps } = Workflow.parse(parse(example)).jobs.backup;
  const [exporting = ""] = steps.flatMap(({ run }) => (run?.startsWith("npx crier") ? run : []));
  const [, timed = ""] = /^15 3 \* \* \* (.*)$/m.exec(page) ?? [];
  const lines = [exporting, timed.replace("/opt/crier", root).replace("BACKUP_BUCKET", "backups")];
  const written = /^written: s3:\/\/backups\/crier\/crier-production-\S+\.gz with 1 post and 0 deliveries of blog$/m;
  for (const line of lines) expect(await asRole(line, rights)).toMatch(written);
  const without = (right: Right | undefined) => rights.filter((other) => other !== right);
  const listing = rights.find(([action]) => action === "s3:ListBucket");
  for (const right of without(listing))
    expect(await asRole(exporting, without(right)), right.join(" ")).toMatch(
      new RegExp(`^crier: AWS refuses access to .* allowed ${right[0]}(?: and s3:ListBucket)? there$`, "m"),
    );
  // Who may not list the bucket is not told that a body is lost: one such post would end every backup.
  const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: "bodies", Prefix: "blog/id-of-" }));
  expect(Contents).toHaveLength(1);
  for (const { Key } of Contents) await aws.s3.send(new DeleteObjectCommand({ Bucket: "bodies", Key }));
  expect(await asRole(exporting, rights)).toMatch(written);
  expect(await asRole(exporting, without(listing))).toMatch(/^crier: AWS refuses access to the bucket bodies: /m);
});
