import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { collectFor, raise } from "../../domain/notice.ts";
import { second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { NoticeRef, Notices, PostRef } from "../../ports/store.ts";

export interface RaisePorts {
  readonly notices: Notices;
  readonly clock: Clock;
}

/** The notice of a post to the webhook of its site. */
export const webhookOf = ({ site, id }: Pick<PostRef, "site" | "id">): NoticeRef => ({
  kind: "notice",
  site,
  to: "site",
  about: id,
});

const add = async (ref: NoticeRef, id: string, after: number, { notices, clock }: RaisePorts): Promise<void> =>
  retryOnConflict(`the notice of ${ref.about}`, async () => {
    const notice = raise(await notices.read(ref), { id, from: clock() + after });
    return (await notices.save(notice)) ? undefined : conflict;
  });

/** Called before the row that says it is saved: a crash between the two loses nothing. */
export const raiseBeforeSave = (ref: NoticeRef, id: string, ports: RaisePorts): Promise<void> =>
  add(ref, id, collectFor, ports);

/** The networks answer within moments of each other: the webhook is called once for all of them. */
const together = 5 * second;

/** Called when the rows say it already. */
export const raiseSaved = (ref: NoticeRef, id: string, ports: RaisePorts): Promise<void> =>
  add(ref, id, together, ports);
