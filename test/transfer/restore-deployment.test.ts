import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { canonicalJson } from "../../src/domain/json-value.ts";
import { folderObjects } from "../../src/objects/folder-objects.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { compressedBodies } from "../../src/store/bodies.ts";
import { dynamoRows } from "../../src/store/dynamo-table.ts";
import { restoreKey } from "../../src/store/keys.ts";
import { rowFormat } from "../../src/store/row-format.ts";
import { openDatabase, sqliteRows, sqliteTable } from "../../src/store/sqlite-table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { type Deployment, exportDeployment, openDeployment, restoreDeployment } from "../../src/transfer/deployment.ts";
import { exportLines, writeExport } from "../../src/transfer/export-file.ts";
import { type CheckedExport, readRows } from "../../src/transfer/read-export.ts";
import { aDelivery, aPost, aSite, deliveryIn } from "../support/builders.ts";
import { deployedConfig } from "../support/crier-config.ts";
import { crier } from "../support/terminal.ts";
import { type ADeployment, aDeployment } from "./a-deployment.ts";

let folder = "";
let aws: ADeployment;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-restore-"));
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(deployedConfig)};\n`);
  aws = await aDeployment("test");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const sites = [aSite()];
const remote = { id: "1", url: "https://m.example/1", public: true, gone: false };
const due = Date.now() - 60_000;
/** Does not compress, so that it is an object and not in its row. */
const long = Array.from({ length: 12_000 }, (_, n) => createHash("sha256").update(String(n)).digest("base64")).join("");

/** An export with a post that was announced, one whose delivery is due, and one with another body. */
const anExport = async (name = "move.gz", body = "<p>Words</p>"): Promise<CheckedExport> => {
  const database = openDatabase(":memory:");
  const bodies = folderObjects(join(folder, "bodies"));
  const store = tableStore(sqliteTable(database), { bodies, newId: systemRuntime.newId });
  for (const id of ["sent", "waits", "other"])
    await store.posts.save(
      aPost({
        id,
        slug: id,
        html: id === "other" ? body : `<p>${name}</p>`,
        ...(id === "sent" && { syndication: ["https://m.example/1"] }),
      }),
    );
  await store.deliveries.create({
    ...deliveryIn.posted,
    post: "sent",
    account: "mastodon",
    remotes: [remote],
    due: undefined,
  });
  await store.deliveries.create(aDelivery({ post: "waits", account: "mastodon", due }));
  await store.feeds.touch("blog", "main", "A Blog", due);
  const lines = exportLines(sqliteRows(database), { bodies: compressedBodies(bodies), now: Date.now(), kind: "move" });
  return writeExport(join(folder, name), Readable.from(lines).pipe(createGzip()));
};

const home = (): Deployment =>
  openDeployment(
    "test",
    { table: aws.tableName, bodies: "bodies", feeds: "feeds" },
    { ...systemRuntime, pause: async () => undefined },
  );

/** Fails at its nth call of this kind, and at every one after it. */
const failingAt = (call: string, n: number): Deployment => {
  const client = new DynamoDBClient({});
  let calls = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === call) calls += 1;
      if (calls >= n) throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      return next(args);
    },
    { step: "initialize" },
  );
  const whole = home();
  return { ...whole, whole: { ...whole.whole, client } };
};

const bodyOf = async (id: string): Promise<string | undefined> => {
  const { table, bodies, newId } = home();
  return (await tableStore(table, { bodies, newId }).posts.read("blog", id))?.html;
};

const dueNow = async (): Promise<readonly string[]> =>
  (await aws.store.due.before(Date.now(), 100)).map(({ kind }) => kind).toSorted();

/** The rows of an export, in one order, whenever they are due. */
const comparable = async (exported: CheckedExport): Promise<readonly string[]> =>
  (await Array.fromAsync(readRows(exported)))
    .filter(({ pk }) => pk !== "RESTORE")
    .map(({ html, dueAt, ...row }) => canonicalJson({ ...row, length: html?.length ?? 0, isDue: dueAt !== undefined }))
    .toSorted();

const exportAgain = (): Promise<CheckedExport> =>
  exportDeployment(home(), "backup", (lines) =>
    writeExport(join(folder, "now.gz"), Readable.from(lines).pipe(createGzip())),
  );

test("what is restored is what was exported; a long body is an object again, and the receipt is there", async () => {
  const exported = await anExport("move.gz", long);
  await restoreDeployment(exported, sites, home());
  expect(await comparable(await exportAgain())).toEqual(await comparable(exported));
  expect(await bodyOf("other")).toBe(long);
  expect([...aws.aws.files.keys()].filter((key) => key.includes("other/"))).toHaveLength(1);
  expect(aws.text("syndication/sent.json")).toContain("https://m.example/1");
  expect(await dueNow()).toEqual(["delivery", "feed"]);
  const formats = await Array.fromAsync(dynamoRows(home().whole), ({ format }) => format);
  expect(new Set(formats)).toEqual(new Set([rowFormat.version]));
});

test.each([1, 2, 3])(
  "while rows are written (stopped at batch %i) none is due; it is repeated, or another export is taken",
  async (n) => {
    const exported = await anExport();
    await expect(restoreDeployment(exported, sites, failingAt("BatchWriteItemCommand", n))).rejects.toThrow(
      "no answer from AWS (ECONNRESET): check the network and AWS_REGION, and try again",
    );
    expect(await dueNow()).toEqual([]);
    await expect(exportDeployment(home(), "move", async () => undefined)).rejects.toThrow(
      /^the table \S+ of the stage test is not restored completely: repeat crier restore with the export of 20/,
    );
    if (n === 2) {
      await restoreDeployment(await anExport("other.gz"), sites, home());
      expect(await bodyOf("sent")).toBe("<p>other.gz</p>");
    } else await restoreDeployment(exported, sites, home());
    expect(await dueNow()).toEqual(["delivery", "feed"]);
  },
);

test("a restore that stops while its rows become due is completed with its file, and takes back nothing that was done meanwhile", async () => {
  const exported = await anExport();
  await expect(restoreDeployment(exported, sites, failingAt("UpdateItemCommand", 2))).rejects.toThrow("no answer");
  // A worker of the deployment was faster.
  const waiting = async () => (await aws.store.deliveries.ofPost("blog", "waits"))[0];
  const delivery = await waiting();
  if (delivery === undefined) throw new Error("there is no delivery");
  expect(await aws.store.deliveries.save({ ...delivery, note: "worked on", due: undefined })).toBe(true);
  const other = await anExport("other.gz");
  await expect(restoreDeployment(other, sites, home())).rejects.toThrow(
    /has nearly all of the export of 20\S+: complete that restore with its file first$/,
  );
  await restoreDeployment(exported, sites, home());
  expect(await waiting()).toMatchObject({ note: "worked on", due: undefined });
  expect(await dueNow()).toEqual(["feed"]);
});

test("a restore whose state cannot be read is one line, and writes nothing", async () => {
  const exported = await anExport();
  await home().table.put({ ...restoreKey, state: 7, sha256: exported.sha256, made: exported.made });
  await expect(restoreDeployment(exported, sites, home())).rejects.toThrow(
    /^the table \S+ of the stage test has a row RESTORE that cannot be read, so that nobody can tell how far an earlier restore came: deploy another stage \(npx cdk deploy -c stage=NAME\), and restore with --stage NAME$/,
  );
  expect((await aws.store.posts.newest("blog")).rows).toEqual([]);
});

test("a deployment that has listed its empty bucket and checked its logins is empty; one with posts is refused, with what it has and what to do", async () => {
  const exported = await anExport();
  await aws.reconcile();
  const checked = {
    at: Date.now(),
    login: "1f",
    identity: "@me",
    place: "1",
    problem: undefined,
    endsAt: undefined,
    notRenewed: undefined,
    told: undefined,
  };
  await aws.store.accounts.save({ ...(await aws.store.accounts.read("mastodon")), checked });
  await restoreDeployment(exported, sites, home());
  const refused = await crier(["restore", exported.file, "--stage", "test"], { folder });
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toMatch(
    /^crier: the table \S+ of the stage test is not empty \(3 posts, 2 deliveries\), so that nothing is restored: deploy another stage \(npx cdk deploy -c stage=NAME\), and restore with --stage NAME\n$/,
  );
});

test.each(["export", "restore", "resume"])(
  "without the right to the table, %s names it in one line",
  async (command) => {
    const { file } = await anExport();
    const denied = await aDeployment("test");
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", denied.aws.client.endpoint);
    denied.aws.passOne();
    denied.aws.answerNext(400, "AccessDeniedException", "json");
    const args = command === "resume" ? [command] : [command, file];
    const refused = await crier([...args, "--stage", "test"], { folder });
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(
      /^crier: AWS refuses access to the table \S+ of the stage test: sign in as a user or role that is allowed dynamodb:GetItem there\n$/,
    );
  },
);

test("without the right to a bucket, the restore names it and the bucket", async () => {
  const exported = await anExport("move.gz", long);
  aws.aws.answerNext(403, "AccessDenied");
  await expect(restoreDeployment(exported, sites, home())).rejects.toThrow(
    /^AWS refuses access to the bucket bodies: sign in as a user or role that is allowed s3:PutObject there$/,
  );
});

test("a stage that was never deployed is named, with the region", async () => {
  const { file } = await anExport();
  const refused = await crier(["restore", file, "--stage", "other"], { folder });
  expect(refused.err).toMatch(
    /^crier: there is no deployment of the stage other in us-east-1 \(no parameter \/crier\/other\/storage\): run npx cdk deploy, or set AWS_REGION\n$/,
  );
  expect(await crier(["restore", file, "--stage", "test", "--data", "x"], { folder })).toMatchObject({ code: 2 });
});
