import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const kept = join(import.meta.dirname, "../../node_modules/.cache/peers");

/** The folder where the packages of a server are, by the lock file in its folder here. They are installed once, and nothing is built. */
export const installed = async (name: string): Promise<string> => {
  const from = join(import.meta.dirname, name);
  const version = createHash("sha256")
    .update(readFileSync(join(from, "package-lock.json")))
    .digest("hex");
  const folder = join(kept, `${name}-${version.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(kept, { recursive: true });
  const begun = mkdtempSync(join(kept, `${name}-`));
  cpSync(from, begun, { recursive: true });
  await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: begun });
  renameSync(begun, folder);
  return folder;
};
