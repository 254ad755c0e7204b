import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { dynamoTable } from "../../src/store/dynamo-table.ts";
import { accountKey, identityKey, postKey, serverKey, tokenKey } from "../../src/store/keys.ts";
import { aDynamoTable } from "../support/dynamodb.ts";

const operations = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

/** The program with which docs/operations.md has the rows of a restored table copied. */
const copying =
  /FROM=crier-restored TO=TABLE node --input-type=module -e '\n(.*?)\n\s*'\n/s.exec(operations)?.[1] ?? "";

const aTable = async () => {
  const { client, name, endpoint, stop } = await aDynamoTable();
  onTestFinished(stop);
  return { name, endpoint, rows: dynamoTable(client, name, () => "id") };
};

test("of a restored table the rows that are missing are copied, those that say that it was restored over others, and no session of a login", async () => {
  const [restored, own] = [await aTable(), await aTable()];
  const [kept, lost, session] = [postKey("blog", "kept"), postKey("blog", "lost"), tokenKey("me")];
  await restored.rows.put({ ...kept, title: "old" });
  await restored.rows.put({ ...lost, title: "old" });
  await restored.rows.put({ ...session, name: "me", version: 2, sealed: "c2VhbGVk" });
  await restored.rows.put({ ...serverKey("bluesky pds.example"), slow: 1 });
  const restoredRows = [accountKey("x"), identityKey];
  for (const key of restoredRows) {
    await restored.rows.put({ ...key, of: "the restored table" });
    await own.rows.put({ ...key, of: "the new table" });
  }
  await own.rows.put({ ...kept, title: "new" });
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", copying], {
    env: {
      ...process.env,
      FROM: restored.name,
      TO: own.name,
      AWS_ENDPOINT_URL_DYNAMODB: own.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
  });
  expect(await own.rows.get(kept)).toMatchObject({ title: "new" });
  expect(await own.rows.get(lost)).toMatchObject({ title: "old" });
  expect(await own.rows.get(serverKey("bluesky pds.example"))).toMatchObject({ slow: 1 });
  for (const key of restoredRows) expect(await own.rows.get(key)).toMatchObject({ of: "the restored table" });
  // An old session that is shown again may end the one that is in use.
  expect(await own.rows.get(session)).toBeUndefined();
});
