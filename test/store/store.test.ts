import { describe, onTestFinished } from "vitest";
import { storeContract } from "../contract/store/index.ts";
import { engines } from "../support/store.ts";

describe.each([
  ["SQLite", engines.sqlite],
  ["DynamoDB's API", engines.dynamodb],
] as const)("the store on %s", (_, open) => {
  storeContract(async () => {
    const own = await open();
    onTestFinished(own.stop);
    return own;
  });
});
