import { createServer, request } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { dynamoTable } from "../../src/store/dynamo-table.ts";
import type { Table } from "../../src/store/table.ts";
import { aDynamoTable } from "../support/dynamodb.ts";
import { localClient } from "../support/local-client.ts";
import { newId } from "../support/store.ts";

const key = { pk: "P", sk: "S" };

/** A table whose database applies the next write and breaks the connection before it answers, so that the client repeats the request. */
const aTableThatLosesAnswers = async (): Promise<{
  readonly table: Table;
  loseNext(): void;
  readonly writes: () => number;
}> => {
  const { name, endpoint, stop } = await aDynamoTable();
  onTestFinished(stop);
  const { port } = new URL(endpoint);
  let lose = false;
  let writes = 0;
  const proxy = createServer((incoming, answer) => {
    const isWrite = /PutItem|UpdateItem/.test(String(incoming.headers["x-amz-target"]));
    if (isWrite) writes += 1;
    const { method, url, headers } = incoming;
    const forwarded = request({ host: "127.0.0.1", port, method, path: url, headers }, (response) => {
      if (isWrite && lose) {
        lose = false;
        response.resume().on("end", () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const proxied = localClient(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
  onTestFinished(async () => {
    proxied.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });
  return {
    table: dynamoTable(proxied, name, newId),
    loseNext: () => {
      lose = true;
    },
    writes: () => writes,
  };
};

describe("a conditional write that was applied, and whose answer was lost", () => {
  test("is recognised as its own success when the client repeats it: a row", async () => {
    const { table, loseNext, writes } = await aTableThatLosesAnswers();
    loseNext();
    expect(await table.put({ ...key, version: 1 }, { kind: "absent" })).toBe(true);
    expect(writes()).toBe(2);
    expect(await table.get(key)).toEqual({ ...key, version: 1 });
  });

  test("is recognised as its own success when the client repeats it: an update", async () => {
    const { table, loseNext } = await aTableThatLosesAnswers();
    await table.put({ ...key, version: 1, nudges: 0 });
    loseNext();
    const is1 = { kind: "is", field: "version", value: 1 } as const;
    const changed = await table.update(key, { set: { version: 2 }, add: { nudges: 1 } }, is1);
    expect(changed).toEqual({ ...key, version: 2, nudges: 1 });
  });

  test("and a condition that does not hold is still a result", async () => {
    const { table } = await aTableThatLosesAnswers();
    await table.put({ ...key, version: 1 });
    expect(await table.put({ ...key, version: 1 }, { kind: "absent" })).toBe(false);
    expect(
      await table.update(key, { set: { version: 2 } }, { kind: "is", field: "version", value: 7 }),
    ).toBeUndefined();
  });
});
