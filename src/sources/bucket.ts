import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { Source } from "../ports.ts";
import { isDocument } from "./paths.ts";

export interface BucketSource {
  readonly client: S3Client;
  readonly bucket: string;
  /** The folder of the documents in the bucket, with a trailing slash; empty: the whole bucket. */
  readonly prefix: string;
  /** Names the source in rows. */
  readonly name?: string | undefined;
}

/** Documents in an S3 bucket. The role needs `s3:ListBucket`, for `read` too: without it a missing key answers 403. */
export const bucketSource = ({ client, bucket, prefix, name = "bucket" }: BucketSource): Source => {
  const failed = (verb: string, key: string, cause: unknown) =>
    new Error(`Cannot ${verb} s3://${bucket}/${key}: check that the bucket exists and the role may read it.`, {
      cause,
    });
  return {
    name,
    async list() {
      const paths: string[] = [];
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
          const found = (page.Contents ?? []).map(({ Key = "" }) => Key.slice(prefix.length));
          paths.push(...found.filter(isDocument));
        }
      } catch (error) {
        throw failed("list", prefix, error);
      }
      return paths;
    },
    async read(path) {
      if (!isDocument(path)) return undefined;
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw failed("read", `${prefix}${path}`, error);
      }
    },
  };
};
