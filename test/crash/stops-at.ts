import type { Delivery, Outcome } from "../../src/domain/delivery.ts";
import type { Fetch } from "../../src/networks/http.ts";
import type { Connection } from "../../src/ports/networks.ts";
import type { Deliveries } from "../../src/ports/store.ts";
import type { Point } from "./cells.ts";

/** True for a request that makes, edits or deletes a post. Bluesky's login is a POST, too. */
export const isWrite = (method: string | undefined, url: string): boolean =>
  method !== undefined && method !== "GET" && !url.endsWith("createSession");

/** The request of a send is not stored by then; that of an edit is. A reply is not begun by then. */
const isClaim = (delivery: Delivery): boolean => {
  if (delivery.state === "sending") return delivery.sent === undefined;
  if (delivery.state === "unsettled")
    return delivery.leaseUntil !== undefined && delivery.open === 0 && delivery.progress !== undefined;
  return (delivery.state === "editing" || delivery.state === "deleting") && delivery.leaseUntil !== undefined;
};

/** Ports of one delivery, whose worker stops at a point for good: it is killed there. */
export const stopsAt = (point: Point | undefined, reached: () => void) => {
  const stop = async (here: Point): Promise<void> => {
    if (here !== point) return;
    reached();
    await new Promise<never>(() => undefined);
  };
  let isAnswered = false;
  return {
    fetch:
      (fetch: Fetch): Fetch =>
      async (url, init) => {
        const answer = fetch(url, init);
        if (!isWrite(init.method, url)) return answer;
        // While the worker is stopped, no other code handles the failure.
        answer.catch(() => undefined);
        await stop("mid-request");
        try {
          return await answer;
        } finally {
          await stop("after response");
        }
      },
    connection: (connection: Connection): Connection => {
      const { send, find, edit, remove } = connection;
      const stopped = async (write: () => Promise<Outcome>): Promise<Outcome> => {
        await stop("before send");
        await stop("before look-up");
        const outcome = await write();
        isAnswered = true;
        return outcome;
      };
      return {
        ...connection,
        send: (...request) => stopped(() => send(...request)),
        ...(edit && { edit: (...request) => stopped(() => edit(...request)) }),
        ...(remove && { remove: (...request) => stopped(() => remove(...request)) }),
        ...(find && {
          find: async (...request) => {
            await stop("before look-up");
            return find(...request);
          },
        }),
      };
    },
    deliveries: (deliveries: Deliveries): Deliveries => ({
      ...deliveries,
      read: async (ref) => {
        const delivery = await deliveries.read(ref);
        await stop("after read");
        return delivery;
      },
      save: async (delivery) => {
        if (isAnswered) await stop("before record");
        // A network that cannot be asked.
        if (delivery.state === "unknown") await stop("before look-up");
        const isSaved = await deliveries.save(delivery);
        if (isClaim(delivery)) await stop("after claim");
        if (isAnswered) await stop("after record");
        return isSaved;
      },
    }),
  };
};
