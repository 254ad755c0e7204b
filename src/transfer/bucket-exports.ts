import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { type Instant, iso } from "../domain/time.ts";
import { explainAws } from "../secrets/aws-failure.ts";
import { writeExport } from "./export-file.ts";
import { type CheckedExport, checkExport, TransferError } from "./read-export.ts";

/** An object in a bucket, or the prefix of objects. */
export interface BucketAddress {
  readonly bucket: string;
  readonly key: string;
}

/** Returns undefined for a text that is no address of a bucket. The rules for names are S3's. */
export const parseBucketAddress = (text: string): BucketAddress | undefined => {
  const [, bucket, key = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, key };
};

const addressText = ({ bucket, key }: BucketAddress): string => `s3://${bucket}/${key}`;

/** One request has at most 5 GB (Amazon S3 User Guide, "Uploading objects"). */
const maxObject = 5 * 1024 ** 3;

const redirect = z.object({ $response: z.object({ headers: z.object({ "x-amz-bucket-region": z.string() }) }) });

/**
 * Sends a request to the region of its bucket, which S3 names if the bucket is in another one than the deployment. The client
 * could follow that by itself (`followRegionRedirects`), but it cannot read the body of an upload again, which is a stream: the
 * upload would never end. Returns the client that was answered, too.
 */
const sendToBucket = async <T>(
  send: (s3: S3Client) => Promise<T>,
): Promise<{ readonly s3: S3Client; readonly answer: T }> => {
  const s3 = new S3Client({});
  try {
    return { s3, answer: await send(s3) };
  } catch (error) {
    const { data } = redirect.safeParse(error);
    if (data === undefined) throw error;
    const there = new S3Client({ region: data.$response.headers["x-amz-bucket-region"] });
    return { s3: there, answer: await send(there) };
  }
};

const explain = (error: unknown, action: string, { bucket, key }: BucketAddress): TransferError => {
  const name = error instanceof Error ? error.name : "";
  const object = addressText({ bucket, key });
  const message =
    name === "NoSuchBucket"
      ? `there is no bucket ${bucket}: make it (aws s3 mb s3://${bucket}), or name another`
      : name === "NoSuchKey" || name === "NotFound"
        ? `there is no object ${object}: list what is there with aws s3 ls s3://${bucket} --recursive`
        : name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed"
          ? `the bucket ${bucket} is in another region, which S3 does not name: use a file, and copy it by aws s3 cp with --region`
          : explainAws(error, `s3:${action}`, object);
  return new TransferError(message, { cause: error });
};

/** Runs with the path of a file that is removed afterwards. Messages name the object instead. */
const withScratchFile = async <T>(address: BucketAddress, act: (file: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-"));
  const file = join(folder, "export.gz");
  try {
    return await act(file);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    throw new TransferError(error.message.replaceAll(file, addressText(address)), { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const hashFile = async (file: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("base64");
};

/**
 * Uploads an export into a bucket, under a key with its moment. It is complete and checked before the upload. The upload is
 * one request, which S3 takes as a whole with this checksum or not at all, and is checked once more afterwards.
 */
export const uploadExport = (
  { bucket, key: prefix }: BucketAddress,
  { label, now }: { readonly label: string; readonly now: Instant },
  bytes: AsyncIterable<Uint8Array>,
): Promise<CheckedExport> => {
  const key = `${prefix}${prefix === "" || prefix.endsWith("/") ? "" : "/"}crier-${label}-${iso(now)
    .replaceAll(":", "-")
    .replace(/\.\d+Z$/, "Z")}.gz`;
  const address = { bucket, key };
  return withScratchFile(address, async (file) => {
    const checked = await writeExport(file, bytes);
    const [{ size }, sha256] = [await stat(file), await hashFile(file)];
    if (size > maxObject)
      throw new TransferError(`${file} has more than 5 GB, which one upload cannot have: export into a file`);
    const object = { Bucket: bucket, Key: key };
    const put = {
      ...object,
      ContentLength: size,
      ContentType: "application/gzip",
      ChecksumSHA256: sha256,
      IfNoneMatch: "*",
    } as const;
    const { s3 } = await sendToBucket(async (client) => {
      const Body = createReadStream(file);
      try {
        await client.send(new PutObjectCommand({ ...put, Body }));
      } finally {
        Body.destroy();
      }
    }).catch((error) => {
      throw explain(error, "PutObject", address);
    });
    const stored = await s3.send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" })).catch((error) => {
      throw explain(error, "GetObject", address);
    });
    if (stored.ContentLength !== size || (stored.ChecksumSHA256 ?? sha256) !== sha256)
      throw new TransferError(`${file} is not what was uploaded: delete it, and repeat the command`);
    return { ...checked, file: addressText(address) };
  });
};

/** Downloads an export and checks it. `act` reads its rows while the file is there. */
export const withDownloadedExport = <T>(
  address: BucketAddress,
  act: (checked: CheckedExport) => Promise<T>,
): Promise<T> =>
  withScratchFile(address, async (file) => {
    try {
      const get = new GetObjectCommand({ Bucket: address.bucket, Key: address.key });
      const { answer } = await sendToBucket((s3) => s3.send(get));
      if (answer.Body === undefined) throw new Error("The answer has no body.");
      await pipeline(answer.Body.transformToWebStream(), createWriteStream(file, { mode: 0o600 }));
    } catch (error) {
      throw explain(error, "GetObject", address);
    }
    return act(await checkExport(file));
  });
