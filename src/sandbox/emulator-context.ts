import type { Account } from "../domain/account.ts";
import { keyMutex } from "../domain/concurrency.ts";
import { type Instant, iso } from "../domain/time.ts";
import type { Blobs } from "./blobs.ts";
import { type Emulator, type EmulatorContext, json } from "./emulator.ts";
import { clientClosed, type FailureStatus, type Faults, withFault } from "./faults.ts";
import { type RequestCheck, requestCheck } from "./request-check.ts";
import type { Timeline } from "./timeline.ts";

export interface ContextOptions {
  readonly timeline: Timeline;
  readonly clock: () => Instant;
  readonly faults: Faults;
  readonly blobs: Blobs;
}

/** The context of each emulator, over one timeline. */
export const emulatorContexts = ({
  timeline,
  clock,
  faults,
  blobs,
}: ContextOptions): ((emulator: Emulator) => EmulatorContext) => {
  const nextId = increasingIds(timeline, clock);
  // Two requests with one key at the same time must not make two posts.
  const enqueue = keyMutex();
  return (emulator) => {
    const posts = ({ name }: Account) => timeline.all().filter(({ account }) => account === name);
    let check: RequestCheck | undefined;
    const checkOf = (): RequestCheck => {
      check ??= requestCheck(emulator.schema, emulator.formats);
      return check;
    };
    return {
      clock,
      blobs,
      checked: async (c, next) => {
        const [, ...rest] = c.req.path.split("/");
        const found = await checkOf().request(c, `/${rest.slice(4).join("/")}`);
        if (found === "absent") return json({ error: `there is no ${c.req.method} of this kind` }, 404);
        return found === undefined ? next() : emulator.refuse(found);
      },
      violation: (name, value) => checkOf().value(name, value),
      nextId,
      posts,
      post: (account, id) => posts(account).find((post) => post.id === id && post.deletedAt === null),
      save: async (account, post, old) => {
        const saved = {
          card: null,
          key: null,
          ...post,
          account: account.name,
          network: emulator.network,
          length: emulator.length(post.text),
          limit: emulator.limit(account),
          createdAt: old?.createdAt ?? iso(clock()),
          editedAt: old === undefined ? null : iso(clock()),
          deletedAt: null,
        };
        await timeline.put(saved);
        return saved;
      },
      remove: (post) => timeline.put({ ...post, deletedAt: iso(clock()) }),
      write: (handler) => async (c) => {
        const account = c.get("account");
        const fault = faults.take(account.name);
        const apply = () => handler(c, account);
        const fail = (status: FailureStatus) => emulator.failure(status, clock());
        const response = await enqueue(account.name, () => withFault(fault, c, apply, fail));
        if (fault === "silence") await clientClosed(c);
        return response;
      },
    };
  };
};

/** Microseconds, so that ids increase with time as the networks' do; always larger than those in use. */
const increasingIds = (timeline: Timeline, clock: () => Instant): (() => string) => {
  const used = timeline.all().map(({ id }) => (/^\d{1,19}$/.test(id) ? Number(id) : 0));
  let last = used.reduce((largest, id) => Math.max(largest, id), 0);
  return () => {
    last = Math.max(last + 1, clock() * 1000);
    return String(last);
  };
};
