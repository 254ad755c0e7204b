import { asFailed, asPrepared, claimPicture, type PictureCap, type PictureRecord } from "../../domain/picture.ts";
import type { FetchPicture, PictureStore, PreparePicture } from "../../ports/pictures.ts";
import type { Clock } from "../../ports/runtime.ts";

export interface PicturePorts {
  readonly pictureStore: PictureStore;
  readonly fetchPicture: FetchPicture;
  readonly scalePicture: PreparePicture;
  readonly clock: Clock;
}

/** Fetches the picture at a URL and stores it for each cap, if that is due. One worker at a time does; others get what is known. */
export const preparePicture = async (
  url: string,
  caps: readonly PictureCap[],
  ports: PicturePorts,
): Promise<PictureRecord | undefined> => {
  const { pictureStore, clock } = ports;
  const { record: known, etag } = await pictureStore.find(url);
  const claimed = claimPicture(url, caps, known, clock());
  if (claimed === undefined) return known;
  if (!(await pictureStore.save(claimed, etag))) return (await pictureStore.find(url)).record;
  const done = await prepareClaimed(claimed, caps, ports);
  const { record, etag: over } = await pictureStore.find(url);
  // It took longer than its claim, and another worker has it now.
  if (record?.attempts !== claimed.attempts || record.next !== claimed.next) return record;
  return (await pictureStore.save(done, over)) ? done : (await pictureStore.find(url)).record;
};

const prepareClaimed = async (
  claimed: PictureRecord,
  caps: readonly PictureCap[],
  { pictureStore, fetchPicture, scalePicture, clock }: PicturePorts,
): Promise<PictureRecord> => {
  const fetched = await fetchPicture(claimed.url);
  const prepared = fetched.kind === "fetched" ? await scalePicture(fetched.bytes, caps) : fetched;
  if (prepared.kind !== "prepared")
    return asFailed(claimed, { problem: prepared.reason, isFinal: prepared.kind === "refused" }, clock());
  const pictures = [];
  for (const scaled of prepared.scaled) pictures.push({ cap: scaled.cap, picture: await pictureStore.put(scaled) });
  return asPrepared(claimed, pictures, clock());
};
