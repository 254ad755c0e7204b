import { describe, onTestFinished } from "vitest";
import { storeContract } from "../contract/store/index.ts";
import { aStore } from "../support/store.ts";

// The unit tests ask it of SQLite, and `npm run test:dynamodb` of DynamoDB's API; test/store/table.test.ts of both that
// they are the same table.
describe("the store", () => {
  storeContract(async () => {
    const own = await aStore();
    onTestFinished(own.stop);
    return own;
  });
});
