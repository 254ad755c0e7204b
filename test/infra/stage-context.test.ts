import { expect, test } from "vitest";
import { parseStage, stageNotice } from "../../infra/stage-context.ts";

test("the stage is production by default", () => {
  expect(parseStage(undefined)).toBe("production");
});

test("a stage is a short name in lower case", () => {
  expect(parseStage("preview-2")).toBe("preview-2");
});

test("a name of 40 characters is refused with the length that a stage may have", () => {
  expect(() => parseStage("a".repeat(40))).toThrow(/at most 31 characters/);
});

test("the stage that a command is about is named, and how it was chosen", () => {
  expect(stageNotice("production", false)).toBe(
    "Crier-production: the stage production, because no other is named (-c stage=NAME)",
  );
  expect(stageNotice("preview", true)).toBe("Crier-preview: the stage preview");
  expect(stageNotice("disposable-1", true)).toBe(
    "Crier-disposable-1: the stage disposable-1, whose table and buckets are deleted with it",
  );
});

test.each(["", "Preview", "a/b", "a".repeat(40), 7])("%j is refused as a stage, with an example of one", (context) => {
  expect(() => parseStage(context)).toThrow(/is not a valid name.*-c stage=preview/);
});
