import type { Outcome, StoredRequest } from "../domain/delivery.ts";
import type { NoLogin } from "../ports/networks.ts";
import type { ReadPicture } from "../ports/pictures.ts";
import { thumbOf, withoutThumb } from "./bluesky-blob.ts";
import { errorOf, outcomeOfError } from "./bluesky-errors.ts";
import type { Xrpc } from "./bluesky-session.ts";
import type { JsonResponse } from "./http.ts";

/** The record names a picture that the server does not have: it was not stored. */
export const isBlobMissing = ({ status, body }: JsonResponse): boolean =>
  status === 400 && errorOf(body).error === "BlobNotFound";

/** Uploads the picture of a record. Repeated, it changes nothing. False: it cannot be uploaded. */
const uploadThumb = async (
  record: StoredRequest,
  xrpc: Xrpc,
  readPicture: ReadPicture,
  signal: AbortSignal,
): Promise<boolean | NoLogin> => {
  const thumb = thumbOf(record);
  const bytes = thumb && (await readPicture(thumb));
  if (thumb === undefined || bytes === undefined) return false;
  const request = { method: "POST", body: Buffer.from(bytes), headers: { "content-type": thumb.mediaType } };
  const called = await xrpc.call("com.atproto.repo.uploadBlob", () => request, signal);
  if (called.kind !== "called") return called;
  if (called.result.kind !== "response") return false;
  const { response } = called.result;
  if (response.status < 300) return true;
  const outcome = outcomeOfError(response, { id: null, url: null, public: true });
  return outcome.kind === "unauthorised" || outcome.kind === "unavailable" ? outcome : false;
};

/**
 * Writes a record. Where the server does not have its picture, that is uploaded and the record is written again; where it
 * cannot be uploaded, the record goes without it.
 */
export const writeWithThumb = async (
  record: StoredRequest,
  write: (record: StoredRequest) => Promise<Outcome | "blob-missing">,
  {
    xrpc,
    readPicture,
    signal,
  }: { readonly xrpc: Xrpc; readonly readPicture: ReadPicture; readonly signal: AbortSignal },
): Promise<Outcome> => {
  const first = await write(record);
  if (first !== "blob-missing") return first;
  const uploaded = await uploadThumb(record, xrpc, readPicture, signal);
  if (typeof uploaded === "object") return uploaded;
  const second = uploaded ? await write(record) : "blob-missing";
  const last = second === "blob-missing" ? await write(withoutThumb(record)) : second;
  return last === "blob-missing" ? { kind: "rejected", reason: "Bluesky does not take the picture of the card" } : last;
};
