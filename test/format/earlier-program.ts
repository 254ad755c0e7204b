import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { Key } from "../../src/store/keys.ts";
import type { Row } from "../../src/store/table.ts";
import type { PutBack } from "./put-back.ts";
import { rowsOfJson, rowsToJson } from "./row-set.ts";

const root = join(import.meta.dirname, "../..");

const runs = (command: string, args: readonly string[]): boolean => {
  try {
    execFileSync(command, args, { cwd: root, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** True where the clone has the commit. A shallow clone, or a copy without `.git`, lacks it. */
export const hasCommit = (commit: string): boolean => runs("git", ["cat-file", "-e", `${commit}^{commit}`]);

/** True where the history is not complete, so that a missing commit says nothing about the set. */
export const isShallow = (): boolean =>
  !existsSync(join(root, ".git")) ||
  execFileSync("git", ["rev-parse", "--is-shallow-repository"], { cwd: root, encoding: "utf8" }).trim() === "true";

/** Writes the program of a commit into a new folder, with the packages of this clone. */
export const checkOutProgram = (commit: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "crier-earlier-"));
  const archive = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: 1 << 30 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
};

const answer = z.object({ rows: z.unknown(), unreadable: z.array(z.string()) });

/** Has the program in a folder put rows back. */
export const putBackBy = (folder: string, rows: readonly (Row & Key)[]): PutBack => {
  const text = execFileSync(process.execPath, [join(folder, "test/format/put-back-process.ts")], {
    cwd: folder,
    input: JSON.stringify(rowsToJson(rows)),
    maxBuffer: 1 << 30,
    encoding: "utf8",
  });
  const { rows: after, unreadable } = answer.parse(JSON.parse(text));
  return { rows: rowsOfJson(after), unreadable };
};
