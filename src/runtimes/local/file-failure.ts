import { codeOf, errorMessage } from "../../domain/errors.ts";

/** By its codes, so that one full disk is one matter whoever meets it first. */
export const isFullDisk = (error: unknown): boolean => ["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "");

/** What is wrong with the files in a folder and what to do, in one line. Undefined for any other error. */
export const explainFile = (error: unknown, folder: string): string | undefined => {
  if (isFullDisk(error))
    return `the disk is full, so that ${folder} cannot be written: free some space. Nothing that was stored is lost, and what waits is done then`;
  const [reason] = errorMessage(error).split(",", 1);
  switch (codeOf(error)) {
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return `${folder} cannot be written (${reason}): make it writable, or pass --data with a folder of your own`;
    case "EIO":
      return `the disk does not read or write ${folder} (${reason}): look at the disk. Nothing that was stored is lost`;
    default:
      return undefined;
  }
};
