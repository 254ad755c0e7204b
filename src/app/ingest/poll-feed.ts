import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { recipeText } from "../../domain/document.ts";
import { costText } from "../../domain/findings.ts";
import {
  emptyMemory,
  type FeedBytes,
  type FeedMemory,
  firstEntries,
  isOwnFeed,
  ownFeed,
  type PolledFeed,
  pollInterval,
  retryInterval,
} from "../../domain/polled-feed.ts";
import type { Site } from "../../domain/site.ts";
import { day, type Instant, minute } from "../../domain/time.ts";
import type { ReadFeed, ReadFeedResult } from "../../ports/content.ts";
import type { Poll, PollAnswer } from "../../ports/outside.ts";
import type { SourceStates } from "../../ports/store.ts";
import { type EntryPorts, ingestEntries, removeEntry, requestPages } from "./feed-entries.ts";
import { completeFirstListing } from "./reconcile-source.ts";

export interface PollTarget {
  readonly site: Site;
  /** Its name in rows. */
  readonly source: string;
  /** The configured URL of the feed. */
  readonly feed: string;
}

export interface PollPorts extends EntryPorts {
  readonly sourceStates: SourceStates;
  readonly poll: Poll;
  readonly readFeed: ReadFeed;
  readonly command: SiteCommand;
}

/** Longer than a poll takes. No other worker polls during this time. */
const claimDuration = 10 * minute;
const failuresBeforeAlarm = 5;

interface Claim {
  readonly memory: FeedMemory;
  readonly isListed: boolean;
  /** The moment that marks the claim in the row. */
  readonly until: Instant;
}

/** Undefined where the feed is not due, or another worker polls it. */
const claimPoll = async ({ site, source, feed }: PollTarget, ports: PollPorts): Promise<Claim | undefined> => {
  const state = await ports.sourceStates.read(site.id, source);
  const memory = state.feed ?? emptyMemory(feed);
  const now = ports.clock();
  if (now < memory.next) return undefined;
  const until = now + claimDuration;
  const isClaimed = await ports.sourceStates.save({ ...state, feed: { ...memory, next: until } });
  return isClaimed ? { memory, isListed: state.listed !== undefined, until } : undefined;
};

const saveMemory = ({ site, source }: PollTarget, { until }: Claim, memory: FeedMemory, ports: PollPorts) =>
  retryOnConflict(`the state of the source ${source}`, async () => {
    const state = await ports.sourceStates.read(site.id, source);
    // Another worker took over a claim that had expired: what it remembers is newer.
    if (state.feed?.next !== until) return undefined;
    return (await ports.sourceStates.save({ ...state, feed: memory })) ? undefined : conflict;
  });

/** Polls the feed of a source where it is due, and ingests its entries. A poll that fails changes no post. */
export const pollFeed = async (target: PollTarget, ports: PollPorts): Promise<void> => {
  const claim = await claimPoll(target, ports);
  if (claim === undefined) return;
  const recipe = ports.hash(recipeText(target.site, false));
  // With other settings every entry is read again.
  const memory =
    claim.memory.recipe === recipe
      ? claim.memory
      : {
          ...claim.memory,
          recipe,
          validators: {},
          window: claim.memory.window.map((one) => ({ ...one, hash: undefined })),
        };
  const answer = await ports.poll(memory.url, memory.validators);
  const next = await nextMemory(answer, { ...claim, memory }, target, ports);
  const answered = answer.kind === "unchanged" ? "unchanged" : "entries";
  const last = { at: ports.clock(), answer: next.failures > 0 ? "failed" : answered } as const;
  await saveMemory(target, claim, { ...next, last }, ports);
};

const nextMemory = async (
  answer: PollAnswer,
  claim: Claim,
  target: PollTarget,
  ports: PollPorts,
): Promise<FeedMemory> => {
  const { memory } = claim;
  switch (answer.kind) {
    case "failed":
      return failed(answer.reason, answer.wait, memory, target, ports);
    case "gone":
      return failed(
        "it is gone for good (410): give the feed's new address, or remove the source",
        day,
        memory,
        target,
        ports,
      );
    case "unchanged":
      return isEmpty(memory.validators)
        ? failed("it answered 304 to a request without conditions", answer.wait, memory, target, ports)
        : unchanged(answer, claim, target, ports);
    case "content": {
      const read = await readOnce(answer.bytes, claim, target, ports);
      if (read.kind === "no-feed") return failed(read.problem, answer.wait, memory, target, ports);
      if (isOwnFeed(read.feed, target.site)) return failed(ownFeed, day, memory, target, ports);
      return succeeded(read.feed, answer, claim, target, ports);
    }
  }
};

/**
 * Reads a feed that may exhaust the heap, which ends a function on AWS. So that this is not repeated at each poll, the
 * state says while the feed is being read that it is. The entries count their own attempts.
 */
const readOnce = async (
  bytes: FeedBytes,
  { memory, ...claim }: Claim,
  target: PollTarget,
  ports: PollPorts,
): Promise<ReadFeedResult> => {
  if (ports.isContained) return ports.readFeed(bytes);
  const reading = ports.hash(`${memory.recipe} ${ports.hash(bytes.body)}`);
  if (memory.reading === reading) return { kind: "no-feed", problem: endedProcess };
  const save = (now: string | undefined) =>
    saveMemory(target, { memory, ...claim }, { ...memory, next: claim.until, reading: now }, ports);
  await save(reading);
  const read = await ports.readFeed(bytes);
  await save(undefined);
  return read;
};

const endedProcess = `${costText({ kind: "crash" })}. It is read again when it changes or Crier is updated`;

const failed = (
  problem: string,
  wait: number | undefined,
  memory: FeedMemory,
  { site, source, feed }: PollTarget,
  { clock, log }: PollPorts,
): FeedMemory => {
  const failures = memory.failures + 1;
  const message = `the feed ${memory.url} could not be read: ${problem}`;
  if (failures === failuresBeforeAlarm)
    log.alarm("ingest", `${message}. It has failed ${failures} times in a row.`, { site: site.id, source });
  else if (problem !== memory.problem) log.warn(message, { site: site.id, source });
  // The address to which it moved may be wrong: the configured one is tried again.
  const validators = memory.url === feed ? memory.validators : {};
  return { ...memory, url: feed, validators, failures, problem, next: clock() + retryInterval(failures, wait) };
};

const isEmpty = ({ etag, lastModified }: FeedMemory["validators"]): boolean =>
  etag === undefined && lastModified === undefined;

/** The pages of entries that left the feed before are requested again, if they gave no answer. */
const unchanged = async (
  { wait }: PollAnswer,
  { memory, isListed }: Claim,
  { site, source }: PollTarget,
  ports: PollPorts,
): Promise<FeedMemory> => {
  const { window, pollAfter } = memory;
  const paths = new Set(window.map(({ path }) => path));
  const remove = (path: string) => removeEntry(path, paths, { site, source, isListed }, ports);
  const asking = await requestPages(site.id, source, memory.asking, { ...ports, remove });
  return { ...memory, ...ready, asking, next: ports.clock() + pollInterval([pollAfter, wait]) };
};

const ready = { failures: 0, problem: undefined } as const;

const succeeded = async (
  whole: PolledFeed,
  answer: Extract<PollAnswer, { kind: "content" }>,
  { memory, isListed }: Claim,
  { site, source }: PollTarget,
  ports: PollPorts,
): Promise<FeedMemory> => {
  const { feed, problem } = firstEntries(whole);
  const { isWhole, history, ...remembered } = await ingestEntries(
    feed,
    memory,
    { site, source, url: answer.bytes.url, isListed },
    ports,
  );
  if (!isListed) await completeFirstListing(site.id, source, history, ports);
  if (answer.movedTo !== undefined && answer.movedTo !== memory.url)
    ports.log.info(
      `the feed ${memory.url} has moved to ${answer.movedTo}: write the new address into the configuration`,
    );
  return {
    ...memory,
    ...remembered,
    url: answer.movedTo ?? memory.url,
    // Without validators the next poll gets the whole feed: entries that could not be read are read then.
    validators: isWhole ? answer.validators : {},
    pollAfter: feed.pollAfter,
    reading: undefined,
    ...ready,
    problem,
    next: ports.clock() + pollInterval([feed.pollAfter, answer.wait]),
  };
};
