import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "oxc-parser";
import * as z from "zod";
import { median } from "../findings.ts";

/** A file of the repository. All paths are relative to the root. */
export interface SourceFile {
  readonly path: string;
  /** The number that `wc -l` counts. */
  readonly lines: number;
  readonly imports: readonly Import[];
}

interface Import {
  readonly path: string;
  /** Nothing of it is left when the types are stripped. */
  readonly isType: boolean;
}

/** The size of a folder of `src`, or of all of it. */
export interface Size {
  readonly folder: string;
  readonly files: number;
  readonly lines: number;
  readonly median: number;
  readonly largest: SourceFile;
  /** The files that exactly one other file imports. */
  readonly singleImporters: readonly string[];
  /** How many files are in a cycle of imports that are left at run time. */
  readonly inValueCycle: number;
  /** How many files are in a cycle when type imports are followed, too. */
  readonly inCycle: number;
}

export interface Structure {
  /** Sorted by name. */
  readonly folders: readonly Size[];
  readonly total: Size;
  readonly valueCycles: readonly Cycle[];
  /** Those of type imports, too. */
  readonly cycles: readonly Cycle[];
}

/** Files each of which imports all others, directly or through files of the same cycle. */
export type Cycle = readonly string[];

export const parseSource = (path: string, code: string): SourceFile => {
  const { staticImports, staticExports, dynamicImports } = parseSync(path, code).module;
  const named = [
    ...staticImports.map(({ moduleRequest, entries }) => ({
      name: moduleRequest.value,
      isType: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest === null ? [] : [{ name: moduleRequest.value, isType }],
      ),
    ),
    ...dynamicImports.map(({ moduleRequest }) => ({
      name: code.slice(moduleRequest.start + 1, moduleRequest.end - 1),
      isType: false,
    })),
  ];
  const imports = new Map<string, boolean>();
  for (const { name, isType } of named) {
    if (!name.startsWith(".")) continue;
    const target = join(dirname(path), name);
    imports.set(target, isType && (imports.get(target) ?? true));
  }
  return {
    path,
    lines: code.split("\n").length - 1,
    imports: [...imports].map(([target, isType]) => ({ path: target, isType })),
  };
};

/** All that `src` consists of, and the code that imports it. */
export const readSources = (root: string): readonly SourceFile[] =>
  globSync("{src,functions,infra}/**/*.ts", { cwd: root })
    .toSorted()
    .map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));

/** The first files of processes and those that package.json exports, which nothing here needs to import. */
export const readEntries = (root: string): ReadonlySet<string> => {
  const readJson = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));
  const { entry } = z.object({ entry: z.array(z.string()) }).parse(readJson("knip.json"));
  const { exports } = z.object({ exports: z.record(z.string(), z.string()) }).parse(readJson("package.json"));
  return new Set(globSync([...entry, ...Object.values(exports)], { cwd: root }).map((file) => normalize(file)));
};

export const measureStructure = (sources: readonly SourceFile[], entries: ReadonlySet<string>): Structure => {
  const files = sources.filter(({ path }) => path.startsWith("src/"));
  const importers = new Map<string, number>();
  for (const { path } of sources.flatMap(({ imports }) => imports)) importers.set(path, (importers.get(path) ?? 0) + 1);
  const singleImporters = new Set(
    [...importers].filter(([path, count]) => count === 1 && !entries.has(path)).map(([path]) => path),
  );
  const valueCycles = findCycles(files, ({ isType }) => !isType);
  const cycles = findCycles(files, () => true);

  const measure = (folder: string, members: readonly SourceFile[]): Size => {
    const [first, ...others] = members;
    if (first === undefined) throw new Error(`${folder} has no files: run this command in a checkout of Crier`);
    const countIn = (some: readonly Cycle[]): number => {
      const all = new Set(some.flat());
      return members.filter(({ path }) => all.has(path)).length;
    };
    return {
      folder,
      files: members.length,
      lines: members.reduce((sum, { lines }) => sum + lines, 0),
      median: median(members.map(({ lines }) => lines)),
      largest: others.reduce((largest, file) => (file.lines > largest.lines ? file : largest), first),
      singleImporters: members.flatMap(({ path }) => (singleImporters.has(path) ? [path] : [])),
      inValueCycle: countIn(valueCycles),
      inCycle: countIn(cycles),
    };
  };

  const folders = Map.groupBy(files, ({ path }) => folderFor(path));
  return {
    folders: [...folders].map(([folder, members]) => measure(folder, members)).toSorted(byFolder),
    total: measure("src/", files),
    valueCycles,
    cycles,
  };
};

/** The folders directly below `src`; the two runtimes are as far apart as these are. */
const folderFor = (path: string): string => {
  const parts = dirname(path).split("/");
  return `${parts.slice(0, parts[1] === "runtimes" ? 3 : 2).join("/")}/`;
};

const byFolder = (a: Size, b: Size): number => (a.folder < b.folder ? -1 : 1);

const findCycles = (files: readonly SourceFile[], isFollowed: (one: Import) => boolean): readonly Cycle[] => {
  const imported = new Map(
    files.map(({ path, imports }) => [path, imports.filter(isFollowed).map((one) => one.path)] as const),
  );
  const reachable = new Map(files.map(({ path }) => [path, followImports(path, imported)] as const));
  const cycles: Cycle[] = [];
  const found = new Set<string>();
  for (const [path, others] of reachable) {
    if (found.has(path) || !others.has(path)) continue;
    const cycle = [...others].filter((other) => reachable.get(other)?.has(path)).toSorted();
    for (const member of cycle) found.add(member);
    cycles.push(cycle);
  }
  return cycles;
};

/** All that a file imports, directly or not. The file itself is among it only where it is in a cycle. */
const followImports = (path: string, imported: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> => {
  const found = new Set(imported.get(path));
  // A set that grows while it is iterated: what is added is visited, too.
  for (const next of found) for (const target of imported.get(next) ?? []) found.add(target);
  return found;
};
