import type { Ingested } from "../../app/site-api.ts";
import { type Reason, reasonText } from "../../domain/findings.ts";
import type { Log } from "../../ports/runtime.ts";

export const logRefusal = (log: Log, path: string, reasons: readonly Reason[]): void => {
  for (const reason of reasons) log.warn(`${path} is refused: ${reasonText(reason)}`);
};

/** Logs the result of a changed document. */
export const logIngested = (log: Log, path: string, ingested: Ingested): void => {
  if (ingested.result === "refused") {
    logRefusal(log, path, ingested.reasons);
    return;
  }
  if (ingested.result === "page") {
    log.info(`${path} is a page, not a post: ${ingested.reason}`);
    return;
  }
  if (ingested.result === "unchanged" || ingested.result === "absent") return;
  log.info(`${ingested.result} ${ingested.post?.slug ?? path}`);
  if (ingested.post?.hold !== undefined) log.info(`  held: ${ingested.post.hold}`);
  for (const warning of ingested.warnings) log.info(`  note on ${path}: ${reasonText(warning)}`);
};
