import { expect, test } from "vitest";
import { stageOf } from "../../infra/stage-context.ts";

test("the stage is production by default", () => {
  expect(stageOf(undefined)).toBe("production");
});

test("a stage is a short name in lower case", () => {
  expect(stageOf("preview-2")).toBe("preview-2");
});

test.each(["", "Preview", "a/b", "a".repeat(40), 7])("%j is refused as a stage, with an example of one", (context) => {
  expect(() => stageOf(context)).toThrow(/is not a valid name.*-c stage=preview/);
});
