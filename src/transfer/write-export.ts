import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf } from "../domain/errors.ts";
import { type CheckedExport, checkExport } from "./read-export.ts";
import { TransferError } from "./transfer-error.ts";

/** For its owner only: it has posts that are not public. */
const mode = 0o600;

const explain = (error: unknown, file: string): unknown => {
  const code = codeOf(error);
  if (code === "ENOSPC")
    return new TransferError(
      `the disk is full, so that ${file} is not written: free some space, or name another file`,
      {
        cause: error,
      },
    );
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "EEXIST"].includes(code ?? ""))
    return new TransferError(`${file} cannot be written (${code}): name a file in a folder of your own`, {
      cause: error,
    });
  return error;
};

/**
 * Writes an export that comes compressed. It is read once more before it gets its name: what is there under the name is
 * always a whole export, the earlier one or this.
 */
export const writeExport = async (file: string, bytes: AsyncIterable<Uint8Array>): Promise<CheckedExport> => {
  const unfinished = `${file}.unfinished`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await pipeline(bytes, createWriteStream(unfinished, { mode, flush: true }));
    const checked = await checkExport(unfinished);
    await rename(unfinished, file);
    return { ...checked, file };
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw explain(error, file);
  }
};
