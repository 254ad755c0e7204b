import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Cost } from "../domain/findings.ts";
import type { Site } from "../domain/site.ts";
import type { DocumentParsers, FeedParsers } from "../ports/content.ts";
import type { SetTimer } from "../ports/runtime.ts";
import type { Answer, Request } from "./process-messages.ts";
import { refusedDocument, refusedEntry, refusedFeed } from "./refusals.ts";
import { openRequestQueue } from "./request-queue.ts";

export interface Parsers {
  readonly documentParsers: DocumentParsers;
  readonly feedParsers: FeedParsers;
  close(): Promise<void>;
}

/** Texts that are remembered as too costly, so that one that many others refer to is not tried for each of them. */
const maxRemembered = 100;

const keyOf = (kind: string, bytes: Uint8Array): string => kind + createHash("sha256").update(bytes).digest("hex");

const unexpected = (answer: Answer): Error =>
  new Error(`the process that reads documents answered with ${answer.kind}`);

/**
 * Parses in a child process: its heap has a limit, it can be ended in the middle of a text, and this process goes on
 * meanwhile (docs/decisions/0025). `file`: what the process runs.
 */
export const openChildParsers = (
  setTimer: SetTimer,
  file = join(import.meta.dirname, "parsing-process.ts"),
): Parsers => {
  const sites: { readonly number: number; readonly site: Site }[] = [];
  const numberOf = (site: Site): number => {
    const known = sites.find((one) => one.site === site);
    if (known !== undefined) return known.number;
    sites.push({ number: sites.length, site });
    return sites.length - 1;
  };
  const requests = openRequestQueue({ file, setTimer, before: () => sites });
  const remembered = new Map<string, Cost>();
  const ask = async (request: Request, bytes: Uint8Array) => {
    const before = remembered.size === 0 ? undefined : remembered.get(keyOf(request.kind, bytes));
    if (before !== undefined) return { cost: before };
    const answer = await requests.ask(request);
    if ("cost" in answer) {
      const [oldest] = remembered.keys();
      if (oldest !== undefined && remembered.size >= maxRemembered) remembered.delete(oldest);
      remembered.set(keyOf(request.kind, bytes), answer.cost);
    }
    return answer;
  };
  return {
    documentParsers: {
      isContained: true,
      parse: async (bytes, path, site, context) => {
        const answer = await ask({ kind: "document", bytes, path, site: numberOf(site), context }, bytes);
        if ("cost" in answer) return refusedDocument(bytes, answer.cost);
        if (answer.kind !== "document") throw unexpected(answer);
        return answer.result;
      },
      locate: async (bytes, path, site, isSectionIndex) => {
        const answer = await ask({ kind: "page", bytes, path, site: numberOf(site), isSectionIndex }, bytes);
        if ("cost" in answer) return undefined;
        if (answer.kind !== "page") throw unexpected(answer);
        return answer.result;
      },
    },
    feedParsers: {
      isContained: true,
      parseEntry: async (document, site) => {
        const answer = await requests.ask({ kind: "entry", document, site: numberOf(site) });
        if ("cost" in answer) return refusedEntry(document, answer.cost);
        if (answer.kind !== "entry") throw unexpected(answer);
        return answer.result;
      },
      readFeed: async (bytes) => {
        const answer = await requests.ask({ kind: "feed", bytes });
        if ("cost" in answer) return refusedFeed(answer.cost);
        if (answer.kind !== "feed") throw unexpected(answer);
        return answer.result;
      },
    },
    close: requests.close,
  };
};
