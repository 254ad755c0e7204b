import { postPath } from "../domain/address.ts";
import { conflict, countInWindow, type RateLimit, retryOnConflict } from "../domain/concurrency.ts";
import { errorMessage, NewerRow } from "../domain/errors.ts";
import type { LoggedAct } from "../domain/logged-act.ts";
import type { Post } from "../domain/post.ts";
import { minute } from "../domain/time.ts";
import type { Clock, Log, Queue } from "../ports/runtime.ts";
import type { ActLog, Due, Posts, RateWindows, Ref, RequestMarks, SweepRound, SweepRounds } from "../ports/store.ts";

/**
 * Runs one step of a row. A step that throws postpones its row, so that it does not starve other rows. What needs a row of
 * a newer format stays due for the newer version: the store reports such rows.
 */
export const advance = async (
  ref: Ref,
  step: () => Promise<void>,
  { due, clock, log }: { readonly due: Due; readonly clock: Clock; readonly log: Log },
): Promise<void> => {
  try {
    await step();
  } catch (error) {
    if (error instanceof NewerRow) return;
    const failures = await due.defer(ref, clock());
    const times = failures > 1 ? ` ${failures} times in a row` : "";
    log.alarm("step", `${ref.kind} ${JSON.stringify(ref)} failed${times} and is tried again: ${errorMessage(error)}`, {
      ...ref,
    });
  }
};

export interface LogActPorts {
  readonly actLog: Pick<ActLog, "add">;
  readonly log: Pick<Log, "warn">;
}

/** Adds a line to the log of what people did, after it was done: what fails here loses a line, and no decision. */
export const logAct = (act: LoggedAct, { actLog, log }: LogActPorts): Promise<void> =>
  actLog.add(act).catch((error: unknown) => {
    log.warn(`a line of the log of ${act.site} is lost (${act.act} ${act.id}): ${errorMessage(error)}`);
  });

/** The same for what was done with a post. */
export const logPost = (
  post: Post,
  act: Pick<LoggedAct, "act" | "by" | "account" | "reason">,
  ports: LogActPorts & { readonly clock: Clock },
): Promise<void> => {
  const { site, version, title } = post;
  const id = [post.id, version, ...(act.account === undefined ? [] : [act.account])].join(".");
  return logAct({ site, at: ports.clock(), id, slug: postPath(post), title, ...act }, ports);
};

/** Rows that are due for longer mean that queues or workers have stopped. */
const overdueLimit = 30 * minute;

/** Returns the row that has been due for the longest time, if that is too long. */
export const findOverdue = async ({
  due,
  clock,
}: {
  readonly due: Pick<Due, "before">;
  readonly clock: Clock;
}): Promise<Ref | undefined> => (await due.before(clock() - overdueLimit, 1))[0];

/**
 * Raises an alarm for a row that has been due for too long. Separate from the sweep, which continues after the rows
 * that it has offered.
 */
export const watchOverdue = async ({
  due,
  clock,
  log,
}: {
  readonly due: Due;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<void> => {
  const oldest = await findOverdue({ due, clock });
  if (oldest !== undefined)
    log.alarm(
      "overdue",
      `${oldest.kind} ${JSON.stringify(oldest)} has been due for over ${overdueLimit / minute} minutes`,
      { ...oldest },
    );
};

export interface SweepTerms {
  /**
   * Rows that have been due for at least this many milliseconds are offered: no event has queued them, or their worker
   * ended.
   */
  readonly overdueBy: number;
  /** A round begins this many milliseconds after the one before it, or later. */
  readonly repeatAfter: number;
}

/** For SQS, which holds each offered message. A message whose worker ended is visible again after six minutes. */
export const sweepOfQueues: SweepTerms = { overdueBy: 2 * minute, repeatAfter: 10 * minute };

/** For the queue of one process, which holds each row once. */
export const sweepOfProcess: SweepTerms = { overdueBy: 0, repeatAfter: 0 };

/** One sweep offers at most this many rows of each part of the index. */
const sweepPageSize = 125;

/**
 * Queues rows that no event has queued, the longest overdue first, a bounded number. A round goes once through all that
 * is overdue: each sweep continues after the last one. So rows that wait in a slow queue are not queued again each
 * minute, and do not hide the rows behind them.
 */
export const sweep = async (
  { overdueBy, repeatAfter }: SweepTerms,
  {
    due,
    queue,
    clock,
    sweepRounds,
    requestMarks,
  }: {
    readonly due: Due;
    readonly queue: Queue;
    readonly clock: Clock;
    readonly sweepRounds: SweepRounds;
    readonly requestMarks: Pick<RequestMarks, "begin">;
  },
): Promise<void> => {
  await requestMarks.begin();
  const now = clock();
  const last = await sweepRounds.read();
  // A round is also over where its clock was ahead of this one: otherwise no sweep would begin until this clock caught
  // up.
  const isOver = last === undefined || now < last.began || (last.isOver && now - last.began >= repeatAfter);
  const { began, place: from } = isOver ? { began: now, place: undefined } : last;
  const { refs, position, isLast } = await due.behind(from, now - overdueBy, sweepPageSize);
  if (refs.length > 0) await queue.send(refs);
  const round: SweepRound = { began, place: position, isOver: isLast };
  // Nothing is written while nothing is overdue, which is the usual case.
  const isSame = position === last?.place && (position === undefined || last?.isOver === isLast);
  if (!isSame) await sweepRounds.save(round);
};

/** Saves a post and returns it as it is in its row now. Undefined where another worker saved it first. */
export const savePost = async (post: Post, posts: Pick<Posts, "save">): Promise<Post | undefined> =>
  (await posts.save(post)) ? { ...post, version: post.version + 1 } : undefined;

interface CountPorts {
  readonly rateWindows: RateWindows;
  readonly clock: Clock;
}

/** Counts the id in the window, once within its time. False where the limit is reached. */
export const countOnce = (name: string, id: string, limit: RateLimit, ports: CountPorts): Promise<boolean> =>
  retryOnConflict(`the window of ${name}`, async () => {
    const window = await ports.rateWindows.read(name);
    const counted = countInWindow(window, id, limit, ports.clock());
    if (counted === undefined) return false;
    return counted === window || (await ports.rateWindows.save(counted)) ? true : conflict;
  });

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
