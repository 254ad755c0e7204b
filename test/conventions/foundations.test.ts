import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const root = join(import.meta.dirname, "../..");
const manifest = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    scripts: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

/** Returns the imports of values: those of types alone are erased. */
const importsOf = (file: string): readonly string[] => {
  const code = readFileSync(join(root, file), "utf8");
  const { staticImports, staticExports, dynamicImports } = parseSync(file, code).module;
  return [
    ...staticImports
      .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
      .map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ isType, moduleRequest }) => (isType || moduleRequest === null ? [] : [moduleRequest.value])),
    ),
    ...dynamicImports.map(({ moduleRequest }) => code.slice(moduleRequest.start + 1, moduleRequest.end - 1)),
  ];
};

/** The files that a process loads whose first file is `entry`. */
const loadedBy = (entry: string): ReadonlySet<string> => {
  const files = new Set([entry]);
  for (const file of files)
    for (const target of importsOf(file))
      if (target.startsWith(".") && target.endsWith(".ts")) files.add(join(file, "..", target));
  return files;
};

/** A package, the file that uses it for its purpose, and a process that loads this file. */
const foundations = [
  ["aws-cdk-lib", "makes the stack", "infra/stack.ts", "infra/app.ts"],
  ["@aws-sdk/client-dynamodb", "is the table of a deployment", "src/store/dynamo-table.ts", "functions/ingest.ts"],
  ["feed", "writes RSS and Atom", "src/feeds/xml-feeds.ts", "functions/render.ts"],
  ["twitter-api-v2", "posts to X", "src/networks/x.ts", "src/runtimes/local/main.ts"],
  ["gray-matter", "reads front matter", "src/documents/front-matter.ts", "src/parsing/parsing-process.ts"],
  ["sharp", "scales pictures", "src/pictures/prepare.ts", "src/pictures/picture-process.ts"],
  ["gray-matter", "reads front matter on AWS", "src/documents/front-matter.ts", "functions/ingest.ts"],
] as const;

describe("what Crier is founded on is in use:", () => {
  test.each(foundations)("%s %s", (name, _, file, entry) => {
    expect({ ...manifest.dependencies, ...manifest.devDependencies }).toHaveProperty([name]);
    expect(importsOf(file)).toContain(name);
    expect([...loadedBy(entry)]).toContain(file);
  });

  test("vitest runs the tests", () => {
    expect(manifest.devDependencies).toHaveProperty("vitest");
    expect(manifest.scripts).toMatchObject({ test: expect.stringContaining("vitest run") });
  });
});
