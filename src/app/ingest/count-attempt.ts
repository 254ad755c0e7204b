import type { KnownDocument } from "../../domain/document.ts";
import { IsBeingRead } from "../../domain/errors.ts";
import { type Reason, tooCostly } from "../../domain/findings.ts";
import type { KnownState } from "../../domain/ingest-decision.ts";
import { second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Documents } from "../../ports/store.ts";

interface AttemptPorts {
  readonly documents: Documents;
  readonly clock: Clock;
}

/**
 * One attempt to parse a document whose text may end this process. It is written into the document's row beforehand.
 */
export interface Attempt {
  /**
   * Counts the attempt. `document`: its row, or the row that it will have. `reading`: the hash of its bytes and
   * settings. Returns a reason where the attempt before this one has ended its process: the document is not parsed
   * again. Throws where another worker has saved the row since it was read.
   */
  count(document: KnownDocument, reading: string): Promise<Reason | undefined>;
  /** The row with the attempt; undefined where none was counted. */
  readonly row: () => KnownDocument | undefined;
  /** Removes the attempt: this process still runs, so the text has not ended it. */
  forget(): Promise<void>;
}

/** The row of a document before its first attempt. */
export const rowToCount = ({
  location: { site, source, path, file },
  document,
  rowPost,
  isHistory,
}: KnownState): KnownDocument => ({
  ...(document ?? { site: site.id, source, path, ...(file !== undefined && { file }) }),
  ...(isHistory && rowPost === undefined && { history: true as const }),
});

/** Longer than a worker takes for one document: an older attempt has ended with its process. */
const longest = 30 * second;

export const trackAttempt = ({ documents, clock }: AttemptPorts): Attempt => {
  let counted: KnownDocument | undefined;
  return {
    count: async (document, reading) => {
      if (counted?.attempt?.reading === reading) return undefined;
      const now = clock();
      const before = document.attempt;
      if (before?.reading === reading) {
        if (now < before.at + longest)
          throw new IsBeingRead(document.path, Math.ceil((before.at + longest - now) / second));
        return tooCostly({ kind: "crash" });
      }
      const saved = await documents.replace({ ...document, attempt: { reading, at: now } }, document);
      if (saved === undefined) throw new IsBeingRead(document.path, 1);
      counted = saved;
      return undefined;
    },
    row: () => counted,
    forget: async () => {
      if (counted === undefined) return;
      const { site, source, path, attempt: mine } = counted;
      const row = await documents.read(site, source, path);
      if (row?.attempt?.reading !== mine?.reading || row === undefined) return;
      const { attempt: _, ...rest } = row;
      const isNew = rest.post === undefined && rest.history === undefined && rest.refusal === undefined;
      await (isNew ? documents.remove(row) : documents.put(rest));
    },
  };
};
