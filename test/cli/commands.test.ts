import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { operations } from "../../src/api/operations.ts";
import type { CommandRow } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/program.ts";
import { deliveryActions } from "../../src/domain/delivery-commands.ts";
import { blocksOf, readFromRoot } from "../support/pages.ts";
import { crier } from "../support/terminal.ts";

const root = join(import.meta.dirname, "../..");

interface Named {
  readonly name: string;
  readonly row: CommandRow;
}

const named = (rows: readonly CommandRow[], parent = ""): readonly Named[] =>
  rows.flatMap((row) => {
    const name = `${parent}${row.spec.split(" ")[0]}`;
    return [{ name, row }, ...named(row.subcommands ?? [], `${name} `)];
  });

const all = named(commands);
const page = blocksOf(await readFromRoot("docs/command-line.md"), "sh").join("\n");

/** What a command lacks. */
const faultsOf = ({ name, row }: Named): readonly string[] => {
  const isShown = page.split("\n").some((line) => line.split(/ +#/)[0] === `npx crier ${row.example}`);
  return [
    ...(row.example === name || row.example.startsWith(`${name} `)
      ? []
      : [`${name}: its example is of another command`]),
    ...(isShown ? [] : [`${name}: docs/command-line.md does not show \`npx crier ${row.example}\``]),
    ...(/^(?:where|when) /.test(row.fails) ? [] : [`${name}: it does not say when it fails`]),
    ...(/^[a-z].*[^.]$/.test(row.description) ? [] : [`${name}: its description is not a phrase`]),
  ];
};

describe("each command of the table", () => {
  it("has an example that docs/command-line.md shows, and says when it fails", () => {
    expect(all.length).toBeGreaterThan(20);
    expect(all.flatMap(faultsOf)).toEqual([]);
  });

  it("is missed where it is planted without them", () => {
    const [{ row } = { row: undefined }] = all;
    if (row === undefined) throw new Error("there is no command");
    expect(
      faultsOf({ name: "planted", row: { ...row, spec: "planted", example: "other", fails: "", description: "" } }),
    ).toEqual([
      "planted: its example is of another command",
      "planted: docs/command-line.md does not show `npx crier other`",
      "planted: it does not say when it fails",
      "planted: its description is not a phrase",
    ]);
  });

  it.each(all)("$name shows its example and its exit codes in its help", async ({ name, row }) => {
    const { code, out } = await crier([...name.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`Example:\n  npx crier ${row.example}\n`);
    expect(out).toContain(`It ends with 0, or with 1 ${row.fails}, or with 2 for wrong usage.`);
    for (const { long } of row.options ?? []) expect(out).toContain(long);
  });
});

describe("the commands, the API and its description have the same operations:", async () => {
  const called = new Set(all.flatMap(({ row }) => row.calls ?? []));
  const described = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))) })
    .parse(JSON.parse(await readFromRoot("src/api/openapi.json")));

  it("each operation is called by a command, but for the description itself", () => {
    expect(new Set([...called, "description"])).toEqual(new Set(Object.keys(operations)));
  });

  it("the code of the commands calls what their rows say", async () => {
    const inCode = new Set<string>(["health", "exportDatabase"]);
    for await (const file of glob("src/cli/*.ts", { cwd: root }))
      for (const [, name, one, many] of (await readFile(join(root, file), "utf8")).matchAll(
        /\.request\(\s*(?:"(\w+)"|(act)\b|`\$\{act\}(Many)`)/g,
      )) {
        if (name !== undefined) inCode.add(name);
        if (one ?? many) for (const act of deliveryActions) inCode.add(`${act}${many ?? ""}`);
      }
    expect(new Set(called)).toEqual(inCode);
  });

  it("each path and method of the list is described, and no other", () => {
    const inList = new Set(Object.values(operations).map(({ method, path }) => `${method} ${path}`));
    const inDescription = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(new Set(inDescription)).toEqual(inList);
  });
});
