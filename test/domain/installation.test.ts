import { expect, test } from "vitest";
import { installationOf, isStage, stageSecrets } from "../../src/domain/installation.ts";

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

test("on one machine a command finds the home by its folder", () => {
  const { setSecret, waysToSetSecret, resume, preparation } = installationOf();
  expect([setSecret("x"), waysToSetSecret("x"), setSecret("m", true), waysToSetSecret("m", true)]).toEqual([
    "npx crier accounts set x",
    'in .env, or with "npx crier accounts set x"',
    "npx crier accounts connect m",
    'in .env, or with "npx crier accounts connect m"',
  ]);
  expect([resume, preparation]).toEqual(["npx crier resume", undefined]);
});

test("the commands of a deployment name its stage and its region", () => {
  const deployment = { stage: "preview", region: "eu-central-1", url: "https://feeds.example.com", posts: [] };
  const { setSecret, waysToSetSecret, resume, preparation } = installationOf(deployment);
  expect([setSecret("x"), setSecret("m", true), waysToSetSecret("x"), resume, preparation]).toEqual([
    "AWS_REGION=eu-central-1 npx crier accounts set x --stage preview",
    "AWS_REGION=eu-central-1 npx crier accounts connect m --stage preview",
    'with "AWS_REGION=eu-central-1 npx crier accounts set x --stage preview"',
    "AWS_REGION=eu-central-1 npx crier resume --stage preview",
    "export CRIER_URL=https://feeds.example.com CRIER_TOKEN=$(AWS_REGION=eu-central-1 npx crier token --stage preview)",
  ]);
});

test("without the address of its API a deployment names no preparation", () => {
  expect(
    installationOf({ stage: "preview", region: "eu-central-1", url: undefined, posts: [] }).preparation,
  ).toBeUndefined();
});
