import { errorMessage } from "../../domain/errors.ts";
import { claimPicture, markFailed, markPrepared, type PictureCap, type PictureRecord } from "../../domain/picture.ts";
import { type Instant, second } from "../../domain/time.ts";
import type {
  FetchPicture,
  PictureJob,
  PictureOwner,
  PictureStore,
  PreparePicture,
  RequestPicture,
} from "../../ports/pictures.ts";
import type { Clock, Log } from "../../ports/runtime.ts";

interface ClaimPorts {
  readonly pictureStore: PictureStore;
  readonly clock: Clock;
}

export interface PicturePorts extends ClaimPorts {
  readonly fetchPicture: FetchPicture;
  readonly scalePicture: PreparePicture;
}

export interface RequestedPicturePorts extends ClaimPorts {
  readonly request: RequestPicture;
  readonly log: Log;
}

/**
 * One worker at a time prepares a picture. `claimed` is undefined for the others, and where nothing is due: they get
 * `known`.
 */
const claim = async (url: string, caps: readonly PictureCap[], { pictureStore, clock }: ClaimPorts) => {
  const { record: known, etag } = await pictureStore.find(url);
  const claimed = claimPicture(url, caps, known, clock());
  if (claimed === undefined) return { known };
  if (await pictureStore.save(claimed, etag)) return { claimed };
  return { known: (await pictureStore.find(url)).record };
};

/** Fetches the picture at a URL, or reads its file in the site's folder, and stores it for each cap, if that is due. */
export const preparePicture = async (
  url: string,
  caps: readonly PictureCap[],
  ports: PicturePorts,
  owner?: PictureOwner,
): Promise<PictureRecord | undefined> => {
  const { claimed, known } = await claim(url, caps, ports);
  return claimed === undefined ? known : finish(claimed, caps, ports, owner);
};

/**
 * Prepares a picture that another worker has claimed and requested. A request that comes twice, or late, changes
 * nothing.
 */
export const prepareRequested = async ({ url, caps, ...job }: PictureJob, ports: PicturePorts): Promise<void> => {
  const { record } = await ports.pictureStore.find(url);
  if (record !== undefined && isSameClaim(record, job)) await finish(record, caps, ports);
};

/** The first check for a requested picture comes after this time. */
const firstCheck = 3 * second;

/** Checks become rarer the longer it takes. */
const nextCheck = (record: PictureRecord, now: Instant): PictureRecord => ({
  ...record,
  next: Math.min(record.next, now + Math.max(firstCheck, (now - record.since) / 2)),
});

/**
 * Has the picture at a URL prepared elsewhere, if that is due, and returns what is known: its `next` is when to check
 * again.
 */
export const requestPicture = async (
  url: string,
  caps: readonly PictureCap[],
  ports: RequestedPicturePorts,
): Promise<PictureRecord | undefined> => {
  const { request, log, clock } = ports;
  try {
    const { claimed, known } = await claim(url, caps, ports);
    if (claimed !== undefined) await request({ url, caps, attempts: claimed.attempts, next: claimed.next });
    const record = claimed ?? known;
    return record && nextCheck(record, clock());
  } catch (error) {
    log.warn(`The picture ${url} cannot be prepared`, { reason: errorMessage(error) });
    return undefined;
  }
};

const isSameClaim = (record: PictureRecord, { attempts, next }: Pick<PictureRecord, "attempts" | "next">): boolean =>
  record.attempts === attempts && record.next === next;

const finish = async (
  claimed: PictureRecord,
  caps: readonly PictureCap[],
  ports: PicturePorts,
  owner?: PictureOwner,
): Promise<PictureRecord | undefined> => {
  const { pictureStore } = ports;
  const done = await prepareClaimed(claimed, caps, ports, owner);
  const { record, etag } = await pictureStore.find(claimed.url);
  // It took longer than its claim, and another worker has it now.
  if (record === undefined || !isSameClaim(record, claimed)) return record;
  return (await pictureStore.save(done, etag)) ? done : (await pictureStore.find(claimed.url)).record;
};

const prepareClaimed = async (
  claimed: PictureRecord,
  caps: readonly PictureCap[],
  { pictureStore, fetchPicture, scalePicture, clock }: PicturePorts,
  owner?: PictureOwner,
): Promise<PictureRecord> => {
  const fetched = await fetchPicture(claimed.url, owner);
  const prepared = fetched.kind === "fetched" ? await scalePicture(fetched.bytes, caps) : fetched;
  if (prepared.kind !== "prepared")
    return markFailed(claimed, { problem: prepared.reason, isFinal: prepared.kind === "refused" }, clock());
  const pictures = [];
  for (const scaled of prepared.scaled) pictures.push({ cap: scaled.cap, picture: await pictureStore.put(scaled) });
  return markPrepared(claimed, pictures, clock());
};
