import { expect, test } from "vitest";
import { replaceReport, structureText, walkFilesText, walksText } from "../../bench/structure/report.ts";
import { measureStructure, parseSource, type SourceFile } from "../../bench/structure/source-files.ts";

const aFile = (path: string, imports: readonly string[] = [], types: readonly string[] = []): SourceFile =>
  parseSource(
    path,
    [
      ...imports.map((name) => `import { a } from "${name}";\n`),
      ...types.map((name) => `import type { A } from "${name}";\n`),
    ].join(""),
  );

test("an import is of a value as soon as one of its names is, in any of the file's statements", () => {
  const code = `
import { type A, type B } from "./types.ts";
import { type C, d } from "./both.ts";
import type { E } from "../e.ts";
import { e } from "../e.ts";
import "./effect.ts";
import { z } from "zod";
export type { F } from "./f.ts";
export { g } from "./g.ts";
export * from "./all.ts";
const { h } = await import("./h.ts");
`;
  expect(parseSource("src/app/x.ts", code)).toEqual({
    path: "src/app/x.ts",
    lines: 11,
    imports: [
      { path: "src/app/types.ts", isType: true },
      { path: "src/app/both.ts", isType: false },
      { path: "src/e.ts", isType: false },
      { path: "src/app/effect.ts", isType: false },
      { path: "src/app/f.ts", isType: true },
      { path: "src/app/g.ts", isType: false },
      { path: "src/app/all.ts", isType: false },
      { path: "src/app/h.ts", isType: false },
    ],
  });
});

test("a folder counts what is below it, and each runtime is a folder", () => {
  const files = ["src/app/a.ts", "src/app/render/b.ts", "src/runtimes/local/c.ts", "src/d.ts", "infra/e.ts"];
  const { folders, total } = measureStructure(
    files.map((path) => aFile(path)),
    new Set(),
  );
  expect(folders.map(({ folder, files: count }) => [folder, count])).toEqual([
    ["src/", 1],
    ["src/app/", 2],
    ["src/runtimes/local/", 1],
  ]);
  expect(total.files).toBe(4);
});

test("a folder has the lines of its files, their median and the largest", () => {
  const files = [1, 5, 3].map((lines) => parseSource(`src/app/f${lines}.ts`, "\n".repeat(lines)));
  expect(measureStructure(files, new Set()).total).toMatchObject({
    lines: 9,
    median: 3,
    largest: { path: "src/app/f5.ts", lines: 5 },
  });
});

test("importers are counted in src, functions and infra; a file that a process begins with needs none", () => {
  const files = [
    aFile("src/once.ts"),
    aFile("src/twice.ts"),
    aFile("src/entry.ts"),
    aFile("src/importer.ts", ["./once.ts", "./twice.ts", "./entry.ts"]),
    aFile("functions/web.ts", ["../src/twice.ts", "../src/importer.ts"]),
  ];
  const { total } = measureStructure(files, new Set(["src/entry.ts"]));
  expect(total.singleImporters).toEqual(["src/once.ts", "src/importer.ts"]);
});

test("a cycle through a type import is none of values", () => {
  const files = [
    aFile("src/a.ts", ["./b.ts"]),
    aFile("src/b.ts", ["./c.ts"]),
    aFile("src/c.ts", ["./d.ts"], ["./a.ts"]),
    aFile("src/d.ts"),
    aFile("src/e.ts", ["./f.ts", "./a.ts"]),
    aFile("src/f.ts", ["./e.ts"]),
  ];
  const structure = measureStructure(files, new Set());
  expect(structure.valueCycles).toEqual([["src/e.ts", "src/f.ts"]]);
  expect(structure.cycles).toEqual([
    ["src/a.ts", "src/b.ts", "src/c.ts"],
    ["src/e.ts", "src/f.ts"],
  ]);
  expect(structure.total).toMatchObject({ inValueCycle: 2, inCycle: 5 });
});

test("the report has a row for each folder, the sum, and the files of each cycle", () => {
  const files = [aFile("src/app/a.ts", [], ["./b.ts"]), aFile("src/app/b.ts", [], ["./a.ts"])];
  expect(
    structureText(measureStructure(files, new Set())),
  ).toBe(`| Folder | Files | Lines | Median | Largest file | One importer | In a value cycle | In any cycle |
| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |
| \`src/app/\` | 2 | 2 | 1 | \`a.ts\`, 1 | 2 | 0 | 2 |
| **all** | 2 | 2 | 1 | \`app/a.ts\`, 1 | 2 | 0 | 2 |

Cycles of value imports: none.

Cycles of all imports, types included: 1.

- \`app/a.ts\`, \`app/b.ts\``);
});

test("a walk is its files and functions, which are listed by the names of the files", () => {
  const walks = [
    {
      name: "GET",
      files: new Map([
        ["src/b.ts", ["read"]],
        ["src/a.ts", ["", "write", ""]],
      ]),
    },
  ];
  expect(walksText(walks)).toContain("| GET | 2 | 4 |");
  expect(walkFilesText(walks)).toBe("### GET\n\n- `src/a.ts`: `write`, 2 without a name\n- `src/b.ts`: `read`");
});

test("a report replaces the one between the marks, and nothing else of the page", () => {
  const page = "# A\n\n<!-- structure -->\n\nold\n\n<!-- /structure -->\n\n## B\n";
  expect(replaceReport(page, "new")).toBe(page.replace("old", "new"));
  expect(() => replaceReport("# A\n", "new")).toThrow("add both where the report goes");
});
