import { CommandError } from "../api/api-client.ts";
import { iso } from "../domain/time.ts";
import type { Log } from "../ports/runtime.ts";
import type { CheckedExport } from "../transfer/read-export.ts";
import { TransferError } from "../transfer/transfer-error.ts";

/** What refuses an export or a restore becomes an error of the command. */
export const orCommandError = async <T>(action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    if (error instanceof TransferError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};

/** What an export holds, in words. */
export const describeExport = ({ posts, deliveries, sites }: CheckedExport): string =>
  `${posts} ${posts === 1 ? "post" : "posts"} and ${deliveries} ${deliveries === 1 ? "delivery" : "deliveries"}${sites.length === 0 ? "" : ` of ${sites.join(", ")}`}`;

export const exportFields = ({ file, kind, made, rows, posts, deliveries, sites }: CheckedExport) => ({
  file,
  kind,
  made: iso(made),
  rows,
  posts,
  deliveries,
  sites,
});

/** Collects what is said while a data folder is opened. */
export const collectNotes = (): { readonly log: Log; readonly notes: readonly string[] } => {
  const notes: string[] = [];
  const note = (message: string): void => {
    notes.push(message);
  };
  return { notes, log: { info: note, warn: note, alarm: (_, message) => note(message) } };
};
