import { execFile } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

/** The files of the repository as they are now, in a folder of their own, after `npm ci`. */
export const aClone = async (folder: string): Promise<string> => {
  const { stdout } = await promisify(execFile)("git", ["ls-files", "-z"], { cwd: root, maxBuffer: 16 * 1024 * 1024 });
  const files = stdout.split("\0").filter((file) => file !== "" && !/^(?:test|bench|docs)\//.test(file));
  const clone = join(folder, "crier");
  for (const file of files) {
    await mkdir(dirname(join(clone, file)), { recursive: true });
    await cp(join(root, file), join(clone, file));
  }
  await symlink(join(root, "node_modules"), join(clone, "node_modules"));
  return clone;
};
