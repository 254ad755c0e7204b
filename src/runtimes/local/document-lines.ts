import type { Ingested } from "../../app/results.ts";
import { postPath } from "../../domain/address.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { apiSource, isCopyWaiting } from "../../domain/document.ts";
import { type Reason, reasonText } from "../../domain/findings.ts";
import type { Post, PostHead } from "../../domain/post.ts";
import { clockText, type Instant } from "../../domain/time.ts";
import type { Clock, Log } from "../../ports/runtime.ts";

/** `publish`: the command that publishes the document at once where it is a copy that waits. */
export const logRefusal = (log: Log, path: string, reasons: readonly Reason[], publish?: string): void => {
  for (const reason of reasons) {
    const now = isCopyWaiting(reason) && publish !== undefined ? `; to publish it now: ${publish}` : "";
    log.warn(`${path} is refused: ${reasonText(reason)}${now}`);
  }
};

/** The facts that the lines about documents name besides the result. */
export interface LocalFacts {
  readonly clock: Clock;
  /** Returns the time zone of a site. */
  readonly timeZone: (site: string) => string;
  /** The time from the deletion of a document to that of its copies, in milliseconds. */
  readonly removeCopiesAfter: number;
  readonly command: SiteCommand;
}

/** Says how the result changes the post. Undefined where the lines of its deliveries say it. */
const consequence = (
  { result, post, movedFrom, isBack }: Exclude<Ingested, { readonly result: "refused" | "page" }>,
  { clock, timeZone, removeCopiesAfter, command }: LocalFacts,
): string | undefined => {
  if (post === undefined) return undefined;
  const isPublic = post.hold === undefined && post.published <= clock();
  if (result === "deleted")
    return isPublic
      ? post.history || post.audience?.baseline !== undefined
        ? "it leaves the feeds now; it was not announced"
        : `it leaves the feeds now, nothing more of it is posted, and any copies are deleted from ${clockText(clock() + removeCopiesAfter, clock(), timeZone(post.site))} on where the networks allow it, unless its document is back by then; to delete them now: ${command(`remove ${postPath(post)}`, post.site)}`
      : "it was not public yet";
  if (post.hold !== undefined) return `held: ${post.hold}`;
  if (isBack && isPublic && movedFrom === undefined)
    return "its document is back: it is in the feeds again, and its copies that are not deleted yet stay";
  if (movedFrom !== undefined) return `the same post as before in ${movedFrom}: nothing of it is sent twice`;
  return isPublic ? undefined : `scheduled for ${clockText(post.published, clock(), timeZone(post.site))}`;
};

/** Says how the refusal of a document ended that changes no post. */
const refusalEnd = (
  path: string,
  { result, post }: Pick<Ingested, "result"> & { readonly post?: Post },
  { clock }: LocalFacts,
): string => {
  if (result === "absent") return `${path}, which was refused, is gone`;
  const isPublished =
    post !== undefined &&
    post.path === path &&
    post.gone === undefined &&
    post.hold === undefined &&
    post.published <= clock();
  return isPublished ? `${path} is as published again` : `${path} is no longer refused: its post is as before`;
};

/** Says what a refused document leaves as it is. */
const staysAsItWas = ({ slug, hold, published }: Post, { clock }: LocalFacts): string =>
  hold === undefined && published <= clock()
    ? `${slug} stays as it was published: this change is in no feed and on no network`
    : `${slug} waits as it was before this change`;

/** Logs the result of a changed document. `publish`: see `logRefusal`. */
export const logIngested = (log: Log, path: string, ingested: Ingested, facts: LocalFacts, publish?: string): void => {
  if (ingested.result === "refused") {
    logRefusal(log, path, ingested.reasons, publish);
    if (ingested.post !== undefined) log.info(`  ${staysAsItWas(ingested.post, facts)}`);
    return;
  }
  if (ingested.result === "page") {
    log.info(`${path} is a page, not a post: ${ingested.reason}`);
    return;
  }
  if (ingested.wasRefused && ingested.result !== "created") log.info(refusalEnd(path, ingested, facts));
  if (ingested.result === "unchanged" || ingested.result === "absent") return;
  log.info(`${ingested.result} ${ingested.post?.slug ?? path}`);
  const then = consequence(ingested, facts);
  if (then !== undefined) log.info(`  ${then}`);
  for (const warning of ingested.warnings) log.info(`  note on ${path}: ${reasonText(warning)}`);
};

/** The API answers who announces a post that it takes, and the posts of a first listing are all history. */
export const isAnswered = ({ source, history }: PostHead): boolean => source === apiSource || history;

/** Why accounts do not announce a post. Undefined where each of them does. */
export const whoAnnounces = ({ audience }: PostHead): string | undefined => {
  const { note, baseline, accounts = [] } = audience ?? {};
  if (note !== undefined || baseline === undefined || accounts.length === 0) return note;
  return `it is shown in the sandbox only, because ${baseline}: no account with credentials announces it by itself`;
};

/** True for a post that a person published or removed by a command, which no line about a source's document names. */
export const isByCommand = ({ source, byHand, history, gone }: PostHead): boolean =>
  gone === undefined ? source === apiSource && byHand && !history : gone.by === "person";

/** Says what a person's command has done to a post. An import is not reported. */
export const commandLine = (before: PostHead | undefined, after: PostHead, now: Instant): string | undefined => {
  const { gone, hold, published, hash } = after;
  if (gone !== undefined) {
    const isPublic = hold === undefined && published <= now;
    return before?.gone?.by === "person"
      ? undefined
      : `removed ${postPath(after)}${isPublic ? ": it leaves the feeds now" : ""}`;
  }
  if (before === undefined) return `created ${postPath(after)}`;
  return before.hash === hash ? undefined : `updated ${postPath(after)}`;
};
