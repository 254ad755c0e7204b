import { describe, onTestFinished } from "vitest";
import { storeContract } from "../contract/store/index.ts";
import { aStore } from "../support/store.ts";

describe("the store on an embedded DynamoDB", () => {
  storeContract(async () => {
    const own = await aStore();
    onTestFinished(own.stop);
    return own;
  });
});
