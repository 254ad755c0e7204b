import type { Site } from "../../src/domain/site.ts";
import { type Instant, minute } from "../../src/domain/time.ts";
import type { Store } from "../../src/ports/store.ts";
import { type Key, pagePrefix } from "../../src/store/keys.ts";
import { type RowFormat, rowFormat } from "../../src/store/row-format.ts";
import type { Row } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { type Alarm, crierIn, type Outside } from "./crier-process.ts";
import { watchDecisions } from "./decisions.ts";
import { createFunctions, type FunctionsOptions } from "./functions.ts";
import { memoryObjects } from "./memory-objects.ts";
import { decodeNext, nextFormat } from "./mixed-fleet.ts";
import type { Internet } from "./network/internet.ts";
import type { Copy } from "./network/network-model.ts";
import { watchOwners } from "./owners.ts";
import { type MemoryTable, memoryTable } from "./table/memory-table.ts";

/** Longer than a request without an answer may take to land. */
const restoreTime = 5 * minute;

type Own = "table" | "objects" | "bodies" | "alarms" | "decisions" | "owners" | "enqueue" | "fetchOf";

/** The things that the installations of a world share: configuration, documents, clock and networks. */
export interface Surroundings extends Omit<Outside, Own>, Pick<FunctionsOptions, "random" | "workers" | "violate"> {
  readonly configured: Outside["configured"] & FunctionsOptions["configured"];
  readonly fetchOf: Internet["fetchOf"];
  readonly asksForApproval: (account: string) => boolean;
  readonly copies: readonly Copy[];
  readonly damaged: readonly unknown[];
}

/** One Crier with its own table, objects, queue and functions. */
export const createInstallation = (installation: number, surroundings: Surroundings) => {
  const { scheduler, chaos, random, workers, configured, nextId, count, violate, trace } = surroundings;
  const objects = memoryObjects();
  const bodies = memoryObjects();
  const alarms: Alarm[] = [];
  const decisions = watchDecisions({
    asks: surroundings.asksForApproval,
    now: () => scheduler.now,
    count: surroundings.count,
    violate,
  });

  let wasPutBack = false;
  let isReplaced = false;
  const owners = watchOwners({
    installation,
    copies: surroundings.copies,
    rows: () => table.rows(),
    knowsItsCopies: () => !wasPutBack && surroundings.damaged.length === 0,
    now: () => scheduler.now,
    count,
    violate,
  });

  // The table, its stream and the queue.
  const stored = memoryTable({
    now: () => scheduler.now,
    lag: chaos.lag,
    onWrite: (key, ...rows) => {
      checkFormat(key, ...rows);
      const [after, before] = rows.map((row) => row && decodeNext(row));
      checkVersion(key, after, before);
      decisions.onWrite(key, after, before);
      owners.onWrite(after, before);
      traceState(key, after, before);
      functions.offerDue(key, after);
    },
  });
  /** The table as people and checks see it, whichever program wrote its rows. */
  const table: MemoryTable = {
    ...stored,
    get: (key) => {
      const row = stored.get(key);
      return row && decodeNext(row);
    },
    page: (query) => {
      const page = stored.page(query);
      return { ...page, rows: page.rows.map(decodeNext) };
    },
    rows: () => stored.rows().map(decodeNext),
  };
  /** No program writes a row of a newer format, and none loses what it does not know. */
  const checkFormat = ({ pk, sk }: Key, after: Row | undefined, before: Row | undefined): void => {
    if (before?.format === undefined || after === undefined) return;
    if (Number(after.format) < Number(before.format))
      violate(`FORMAT: ${pk} ${sk} went from ${before.format} to ${after.format}`);
    if (before.weight !== undefined && after.weight === undefined) violate(`FORMAT: ${pk} ${sk} lost its weight`);
  };
  const checkVersion = ({ pk, sk }: Key, after: Row | undefined, before: Row | undefined): void => {
    const [now, then] = [after?.version, before?.version];
    // A damaged page of an archive is made again of those posts of it that can be read, and its version is their number.
    if (sk.startsWith(pagePrefix) && !Array.isArray(before?.ids)) return;
    if (typeof then === "number" && after !== undefined && typeof now === "number" && now < then)
      violate(`the version of ${pk} ${sk} went from ${then} to ${now}`);
  };
  const traceState = ({ sk }: Key, after: Row | undefined, before: Row | undefined): void => {
    if (after?.state === undefined || after.state === before?.state) return;
    trace(`    ${sk}: ${before?.state} → ${after.state} (${after.reason})`);
  };
  const earliestDue = (): Instant | undefined => {
    let earliest: Instant | undefined;
    for (const { dueAt } of table.rows())
      if (typeof dueAt === "number" && (earliest === undefined || dueAt < earliest)) earliest = dueAt;
    return earliest;
  };

  const outside: Outside = {
    ...surroundings,
    table: stored,
    objects,
    bodies,
    alarms,
    decisions,
    owners,
    fetchOf: (process, account) => surroundings.fetchOf(process, { installation, account }),
    enqueue: (refs) => functions.enqueue(refs),
  };
  const functions = createFunctions({
    suffix: installation === 1 ? "" : ` of installation ${installation}`,
    random,
    chaos,
    scheduler,
    workers,
    configured,
    crierIn: (process) => crierIn(process, outside),
    earliestDue,
    count,
    violate,
    trace,
  });

  /** Crier is stopped until every request has landed, and started with an earlier table. False while that goes on. */
  const putBack = (backup: readonly Row[]): boolean => {
    if (!functions.stop()) return false;
    wasPutBack = true;
    isReplaced = true;
    scheduler.at(scheduler.now + restoreTime, "the table is put back", () => {
      isReplaced = false;
      table.putBack(backup);
      functions.start();
    });
    return true;
  };

  /**
   * The rows as they are now. Undefined of a table that is being replaced: nobody goes back to it after another one was in
   * use, because its rows do not know what that one has edited.
   */
  const backUp = (): readonly Row[] | undefined => (isReplaced ? undefined : table.backUp());

  /** The machine is off for a while. False if it is off already. */
  const sleep = (duration: number): boolean => {
    if (!functions.stop()) return false;
    scheduler.at(scheduler.now + duration, `installation ${installation} runs again`, () => functions.start());
    return true;
  };

  /** The rows as they are, read past every process. */
  const readIn = (format: RowFormat): Store =>
    tableStore(
      {
        get: async (key) => table.get(key),
        put: async (row, condition) => table.put(row, condition, "outside"),
        update: async (key, change, condition) => table.update(key, change, condition, "outside"),
        remove: async (key, condition) => table.remove(key, condition),
        page: async (query) => table.page(query),
      },
      { bodies: { read: async (key) => bodies.read(key), put: async () => false }, newId: nextId, format },
    );
  const truth = readIn(nextFormat);

  return {
    installation,
    objects,
    alarms,
    table,
    decisions,
    owners,
    truth,
    runOnce: functions.runOnce,
    earliestDue,
    backUp,
    putBack,
    wasPutBack: () => wasPutBack,
    sleep,
    /** The first sweep of a new installation gives its table an identity. */
    begin: () => readIn(rowFormat).requestMarks.begin(),
    /** Notes that the documents of a site were listed before: none of them is history. */
    noteListed: async ({ id }: Site): Promise<void> => {
      const { sourceStates } = readIn(rowFormat);
      await sourceStates.save({ ...(await sourceStates.read(id, "folder")), listed: scheduler.now });
    },
  };
};

export type Installation = ReturnType<typeof createInstallation>;
