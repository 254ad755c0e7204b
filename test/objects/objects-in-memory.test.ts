import { describe } from "vitest";
import { objectsContract } from "../contract/objects.ts";
import { objectsInMemory } from "../support/objects-in-memory.ts";

describe("objects in memory", () => {
  objectsContract(async () => objectsInMemory());
});
