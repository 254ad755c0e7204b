import fc from "fast-check";
import { expect, test } from "vitest";
import { tableCall } from "../contract/table-calls.ts";
import { engines } from "../support/store.ts";

/** More in `npm run test:dynamodb`. */
const runs = process.env.STORE === "dynamodb" ? 100 : 10;

test("SQLite and DynamoDB's API answer any sequence of calls alike", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(tableCall, { minLength: 20, maxLength: 40, size: "max" }), async (calls) => {
      const stores = [await engines.sqlite(), await engines.dynamodb()] as const;
      const [sqlite, dynamo] = stores;
      for (const [named, make] of calls) expect(await make(sqlite.table), named).toEqual(await make(dynamo.table));
      for (const { stop } of stores) await stop();
    }),
    { numRuns: runs },
  );
});
