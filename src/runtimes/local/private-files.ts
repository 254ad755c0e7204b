import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../domain/error-code.ts";
import type { Log } from "../../ports/runtime.ts";

/** Modes of a folder and of a file that only their owner may use. Windows has none, and ignores them. */
export const ownerOnly = { folder: 0o700, file: 0o600 } as const;

/** Rows and bodies hold posts that are not published; the token is the whole API. */
const folders = ["dynamodb", "bodies"];
const files = ["token", "sandbox.jsonl"];

/**
 * Keeps from other users what is private in a data folder, also where it was made before with wider modes. The folder
 * itself stays as it is: others may serve `public` from it.
 */
export const keepPrivate = async (data: string, log: Log): Promise<void> => {
  const restrict = async (path: string, mode: number): Promise<void> => {
    try {
      await chmod(path, mode);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      // Some file systems keep no modes. That is no reason not to start.
      log.warn(`${path} may be readable by other users of this machine: pass --data with a folder that is yours`, {
        error: String(error),
      });
    }
  };
  for (const name of folders) {
    await mkdir(join(data, name), { recursive: true });
    await restrict(join(data, name), ownerOnly.folder);
  }
  for (const name of files) await restrict(join(data, name), ownerOnly.file);
};
