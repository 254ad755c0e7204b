import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { afterNotice, type Notice, ripe } from "../../domain/notice.ts";
import type { MessageAnswer } from "../../domain/retry.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type { NoticeRef, Notices } from "../../ports/store.ts";

/** A message that says what the rows say now. */
export interface Prepared {
  /** Its hash. */
  readonly content: string;
  readonly send: () => Promise<MessageAnswer>;
}

export interface NoticePorts {
  readonly notices: Notices;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly log: Log;
  /** By whom it is for. Undefined where there is nothing to tell any more. */
  readonly prepare: Readonly<Record<Notice["to"], (notice: Notice) => Promise<Prepared | undefined>>>;
}

const recipients = { owner: "the owner", site: "the site's webhook" } as const satisfies Record<Notice["to"], string>;

/** Tells what is due. To tell it twice is harmless, so there is no claim: at least once. */
export const notify = async (ref: NoticeRef, ports: NoticePorts): Promise<void> => {
  const { notices, hash, clock, log, prepare } = ports;
  const read = await notices.read(ref);
  const now = clock();
  if (read.due === undefined || read.due > now) return;
  const sent = { items: ripe(read, now), more: read.more };
  const prepared = await prepare[ref.to]({ ...read, items: sent.items });
  const answer: MessageAnswer = prepared === undefined ? { kind: "taken" } : await prepared.send();
  const seed = hash(`${ref.site}\n${ref.to}\n${ref.about}`);
  const next = await retryOnConflict(`the notice of ${ref.about}`, async () => {
    const after = afterNotice(await notices.read(ref), { ...sent, content: prepared?.content }, answer, seed, clock());
    return (await notices.save(after)) ? after : conflict;
  });
  if (answer.kind === "refused" && next.due === undefined)
    log.alarm(
      "unreachable",
      `${recipients[ref.to]} could not be told of ${ref.about} for three days: ${answer.reason}; it is tried again at the next change`,
      { ...ref },
    );
};
