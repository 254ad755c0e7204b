import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { Objects } from "../ports/feeds.ts";

export interface S3Objects {
  readonly client: S3Client;
  readonly bucket: string;
}

/**
 * The statuses after another write came first: 412 if the object is not the expected one, 409 if two writes conflict,
 * 404 if the expected object no longer exists (S3 User Guide, "Conditional writes").
 */
const lostStatuses = new Set([404, 409, 412]);

/** S3 also answers 404 if the bucket does not exist, which is not a lost race. */
const isLostRace = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  error.name !== "NoSuchBucket" &&
  lostStatuses.has(error.$metadata.httpStatusCode ?? 0);

/** Stores rendered files in a bucket. The role needs `s3:ListBucket`: without it S3 answers 403 for a missing key. */
export const s3Objects = ({ client, bucket }: S3Objects): Objects => {
  const objectAt = (key: string) => ({ Bucket: bucket, Key: key });
  const accessError = (verb: string, key: string, cause: unknown) =>
    new Error(`Cannot ${verb} s3://${bucket}/${key}: check that the bucket exists and the role may use it.`, {
      cause,
    });
  return {
    async read(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand(objectAt(key)));
        if (Body === undefined || ETag === undefined)
          throw new Error("The answer has no body or ETag: this store is not compatible with S3.");
        return { bytes: await Body.transformToByteArray(), etag: ETag };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw accessError("read", key, error);
      }
    },
    async put(key, bytes, { contentType, encoding, over }) {
      const condition = over === undefined ? { IfNoneMatch: "*" } : { IfMatch: over };
      try {
        await client.send(
          new PutObjectCommand({
            ...objectAt(key),
            ...condition,
            Body: bytes,
            ContentType: contentType,
            ContentEncoding: encoding,
          }),
        );
        return true;
      } catch (error) {
        if (isLostRace(error)) return false;
        throw accessError("write", key, error);
      }
    },
  };
};
