import { expect, test } from "vitest";
import { isStage, stageSecrets } from "../../src/domain/installation.ts";

test("the secrets of a stage are below its own path", () => {
  const { path, token, account } = stageSecrets("preview");
  expect([path, token, account("mastodon")]).toEqual([
    "/crier/preview",
    "/crier/preview/token",
    "/crier/preview/accounts/mastodon",
  ]);
});

test.each(["production", "preview-2", "p"])("%s is a stage", (name) => {
  expect(isStage(name)).toBe(true);
});

test.each(["", "Preview", "2nd", "a/b", "..", "a b", "preview\n", "p".repeat(32), undefined, 1])(
  "%j is not a stage: it could be another path",
  (name) => {
    expect(isStage(name)).toBe(false);
  },
);
