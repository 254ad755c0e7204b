import { expect, test } from "vitest";
import { parseStage, stageNotice } from "../../infra/stage-context.ts";

const posts = ["production", "preview"];

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
  expect(stageNotice("production", false, posts)).toBe(
    "Crier-production: the stage production, because no other is named (-c stage=NAME)",
  );
  expect(stageNotice("preview", true, posts)).toBe("Crier-preview: the stage preview");
  expect(stageNotice("disposable-1", true, [...posts, "disposable-1"])).toBe(
    "Crier-disposable-1: the stage disposable-1, whose table and buckets are deleted with it",
  );
});

test("a stage that the configuration does not name is said to post nowhere, and how it would", () => {
  expect(stageNotice("trial", true, posts)).toBe(
    "Crier-trial: the stage trial\nthe stage trial makes feeds and posts to no network: to post from it, name it in deployment.posts of crier.config.ts and deploy it again",
  );
});

test.each(["", "Preview", "a/b", "a".repeat(40), 7])("%j is refused as a stage, with an example of one", (context) => {
  expect(() => parseStage(context)).toThrow(/is not a valid name.*-c stage=preview/);
});
