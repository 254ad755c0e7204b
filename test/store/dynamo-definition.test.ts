import { expect, test } from "vitest";
import { tableDefinition } from "../support/dynamodb.ts";

test("the table defines exactly the attributes of its keys", () => {
  const used = [tableDefinition, ...tableDefinition.GlobalSecondaryIndexes].flatMap(({ KeySchema }) =>
    KeySchema.map(({ AttributeName }) => AttributeName),
  );
  const defined = tableDefinition.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  expect(defined.toSorted()).toEqual([...new Set(used)].toSorted());
});
