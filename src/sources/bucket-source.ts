import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { isDocument, isHidden, maxDocument } from "../domain/document.ts";
import type { Source } from "../ports/content.ts";
import type { LambdaSourceKind } from "./source-kind.ts";

/** A key that ends in a slash is a folder that the S3 console made. */
const isFile = (path: string): boolean =>
  path !== "" && !path.endsWith("/") && path.split("/").every((segment) => !isHidden(segment));

/**
 * One byte more than a document may have: a film called `.md` does not fill the memory. Of a file that is no document
 * the first: that it is there is enough to refuse it.
 */
const rangeOf = (path: string): string => `bytes=0-${isDocument(path) ? maxDocument : 0}`;

/** An empty object has no byte to begin with (RFC 9110 §15.5.17). */
const isEmpty = (error: unknown): boolean => error instanceof S3ServiceException && error.name === "InvalidRange";

/** Documents in an S3 bucket, and whatever else was put there: a key that is no document is refused by its name. The role needs `s3:ListBucket`, for `read` too: without it a missing key answers 403. */
export const bucketSource = (client: S3Client, place: string): Source => {
  const failed = (verb: string, key: string, cause: unknown) =>
    new Error(`Cannot ${verb} s3://${place}/${key}: check that the bucket exists and the role may read it.`, {
      cause,
    });
  return {
    name: bucket.name,
    async list() {
      const paths: string[] = [];
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket: place })) {
          paths.push(...(page.Contents ?? []).map(({ Key = "" }) => Key).filter(isFile));
        }
      } catch (error) {
        throw failed("list", "", error);
      }
      return paths;
    },
    async read(path) {
      if (!isFile(path)) return undefined;
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: place, Key: path, Range: rangeOf(path) }));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        if (isEmpty(error)) return new Uint8Array();
        throw failed("read", path, error);
      }
    },
  };
};

export const bucket: LambdaSourceKind = {
  name: "bucket",
  variable: "CONTENT_BUCKET",
  open: (place) => bucketSource(new S3Client({}), place),
};
