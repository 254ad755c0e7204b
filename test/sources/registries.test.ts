import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { lambdaSources } from "../../src/sources/lambda-sources.ts";
import { localSources } from "../../src/sources/local-sources.ts";

const root = new URL("../../", import.meta.url);
const names = [...new Set([...localSources, ...lambdaSources].map(({ name }) => name))].toSorted();

test("every source is in a registry, and every file of a registry is there", async () => {
  const files = await readdir(new URL("src/sources/", root));
  const sources = files.flatMap((file) => /^(.+)-source\.ts$/.exec(file)?.[1] ?? []);
  expect(names).toEqual(sources.toSorted());
});

test("every source has a test of its own", async () => {
  const files = await readdir(new URL("test/sources/", root));
  expect(files).toEqual(expect.arrayContaining(names.map((name) => `${name}-source.test.ts`)));
});
