import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { second } from "../../src/domain/time.ts";
import { aPost } from "../support/builders.ts";
import { deployedConfig } from "../support/crier-config.ts";
import { crier } from "../support/terminal.ts";
import { type ADeployment, aDeployment } from "./a-deployment.ts";

let folder = "";
let from: ADeployment;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-bucket-"));
  await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(deployedConfig)};\n`);
  from = await aDeployment("test");
  vi.stubEnv("TMPDIR", folder);
  await from.store.posts.save(aPost({ id: "first", slug: "first" }));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const run = (...args: readonly string[]) => crier(args, { folder });
const backups = () => [...from.aws.files.keys()].filter((key) => key.includes("crier-test-"));
const scratch = async () => (await readdir(folder)).filter((name) => name !== "crier.config.ts");

test("an export goes into a bucket under its moment, is checked there, and is restored from there", async () => {
  const { code, out } = await run("export", "--to", "s3://backups/blog", "--stage", "test");
  const [key = ""] = backups();
  expect(key).toMatch(/^blog\/crier-test-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.gz$/);
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(`^written: s3://backups/${key} with 1 post and 0 deliveries of blog\n  A backup: `),
  });
  expect(from.aws.requests.filter((one) => one.includes("crier-test-"))).toEqual([
    `PUT /backups/${key}`,
    `HEAD /backups/${key}`,
  ]);
  expect(await scratch()).toEqual([]);
  const restored = await run("restore", `s3://backups/${key}`, "--data", "new");
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining("restored into new: 1 post") });
  expect(await scratch()).toEqual(["new"]);
});

test("a bucket of another region gets the export where it is, and gives it back", async () => {
  from.aws.bucketRegions.set("abroad", "eu-central-1");
  expect(await run("export", "--to", "s3://abroad/blog/", "--stage", "test")).toMatchObject({ code: 0, err: "" });
  const [key = ""] = backups();
  expect(from.aws.requests.filter((one) => one.includes("crier-test-"))).toEqual([
    `PUT /abroad/${key}`,
    `PUT /abroad/${key}`,
    `HEAD /abroad/${key}`,
  ]);
  const restored = await run("restore", `s3://abroad/${key}`, "--data", "new");
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining("restored into new: 1 post") });
});

test("a bucket of another region that S3 does not name is said, and nothing is left", async () => {
  // The parameter with the names of the table and the buckets is answered.
  from.aws.passOne();
  from.aws.answerNext(301, "PermanentRedirect");
  expect(await run("export", "--to", "s3://abroad/", "--stage", "test")).toMatchObject({
    code: 1,
    err: "crier: the bucket abroad is in another region, which S3 does not name: use a file, and copy it by aws s3 cp with --region\n",
  });
  expect([backups(), await scratch()]).toEqual([[], []]);
});

test("an upload that may not be looked at afterwards names the right that is missing", async () => {
  // The parameter with the names of the table and the buckets, and the upload, are answered.
  from.aws.passOne();
  from.aws.passOne();
  from.aws.answerNext(403, "AccessDenied");
  expect(await run("export", "--to", "s3://backups", "--stage", "test")).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^crier: AWS refuses access to s3:\/\/backups\/crier-test-\S+: sign in as a user or role that is allowed s3:GetObject there\n$/,
    ),
  });
});

test("two exports are two objects, and none replaces another", async () => {
  await run("export", "--to", "s3://backups", "--stage", "test");
  const [key = ""] = backups();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(key.slice(-23, -3).replace(/T(\d\d)-(\d\d)-/, "T$1:$2:")) });
  expect(await run("export", "--to", "s3://backups", "--stage", "test")).toMatchObject({
    code: 1,
    err: expect.stringContaining("PreconditionFailed"),
  });
  vi.setSystemTime(Date.now() + second);
  expect(await run("export", "--to", "s3://backups", "--stage", "test")).toMatchObject({ code: 0 });
  vi.useRealTimers();
  expect(backups()).toHaveLength(2);
});

test.each([
  [
    "s3://no-such-bucket/",
    "there is no bucket no-such-bucket: make it (aws s3 mb s3://no-such-bucket), or name another",
  ],
  [
    "s3://denied/",
    /^crier: AWS refuses access to s3:\/\/denied\/crier-test-\S+: sign in as a user or role that is allowed s3:PutObject there/,
  ],
])("an upload to %s that is refused says what to do, and leaves nothing", async (to, message) => {
  const { code, err } = await run("export", "--to", to, "--stage", "test");
  expect(code).toBe(1);
  expect(err).toMatch(message);
  expect([backups(), await scratch()]).toEqual([[], []]);
});

test.each([
  [
    ["export", "--to", "backups/blog", "--stage", "test"],
    "backups/blog is not the address of a bucket: use s3://BUCKET, or s3://BUCKET/PREFIX/",
  ],
  [
    ["export", "--to", "s3://B/", "--stage", "test"],
    "s3://B/ is not the address of a bucket: use s3://BUCKET, or s3://BUCKET/PREFIX/",
  ],
  [["export", "--stage", "test"], "name a file, or a bucket with --to"],
  [["export", "a.gz", "--to", "s3://backups", "--stage", "test"], "name a file, or a bucket with --to"],
  [["export", "s3://backups/", "--stage", "test"], "to write into a bucket, use --to s3://backups/"],
  [["restore", "s3://backups/", "--data", "new"], "s3://backups/ is not the address of an object: use s3://BUCKET/KEY"],
])("%j is wrong usage", async (args, message) => {
  expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  expect(backups()).toEqual([]);
});

test("an upload that is not what was sent is said, and so is an object that is not there or no export", async () => {
  from.aws.files.set("blog/notes.gz", { bucket: "backups", bytes: Buffer.from("notes"), headers: {} });
  expect(await run("restore", "s3://backups/blog/notes.gz", "--data", "new")).toMatchObject({
    code: 1,
    err: expect.stringContaining(
      "s3://backups/blog/notes.gz is not an export of Crier: give a file that crier export wrote",
    ),
  });
  expect(await run("restore", "s3://backups/gone.gz", "--data", "new")).toMatchObject({
    code: 1,
    err: expect.stringContaining("there is no object s3://backups/gone.gz"),
  });
  expect(await scratch()).toEqual([]);
});

test("an object that is not what was uploaded is named", async () => {
  const { files } = from.aws;
  vi.spyOn(files, "set").mockImplementationOnce((key, file) =>
    Map.prototype.set.call(files, key, { ...file, bytes: file.bytes.subarray(1) }),
  );
  expect(await run("export", "--to", "s3://backups", "--stage", "test")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^crier: s3:\S+ is not what was uploaded: delete it, and repeat the command\n$/),
  });
});
