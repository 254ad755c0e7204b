import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { isDocument, isHidden, maxDocument } from "../domain/document.ts";
import type { ListedDocument } from "../ports/content.ts";
import type { LambdaSourceKind } from "./source-kind.ts";

/** A key that ends in a slash is a folder that the S3 console made. */
const isVisibleFile = (path: string): boolean =>
  path !== "" && !path.endsWith("/") && path.split("/").every((segment) => !isHidden(segment));

/**
 * A document is read up to one byte more than it may have, so that a video that is named `.md` does not fill the
 * memory. Only one byte is read of any other file, because it is refused by its name.
 */
const byteRange = (path: string): string => `bytes=0-${isDocument(path) ? maxDocument : 0}`;

/** An empty object satisfies no range (RFC 9110 §15.5.17). */
const isEmpty = (error: unknown): boolean => error instanceof S3ServiceException && error.name === "InvalidRange";

/**
 * Lists all files in an S3 bucket. A file that is not a document is read, too, so that it is refused by its name. The
 * role needs `s3:ListBucket` for `read`, too: without it a missing key answers 403.
 */
export const bucketSource = (client: S3Client, bucketName: string) => {
  const accessError = (verb: string, key: string, cause: unknown) =>
    new Error(`Cannot ${verb} s3://${bucketName}/${key}: check that the bucket exists and the role may read it.`, {
      cause,
    });
  /** The date is part of the tag: an object that was deleted and put again with the same bytes has another date. */
  const listTagged = async (): Promise<readonly ListedDocument[]> => {
    const listed: ListedDocument[] = [];
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucketName }))
        for (const { Key: path = "", ETag, LastModified } of Contents)
          if (isVisibleFile(path)) listed.push({ path, tag: `${ETag} ${LastModified?.getTime()}` });
    } catch (error) {
      throw accessError("list", "", error);
    }
    return listed;
  };
  return {
    name: bucket.name,
    list: async (): Promise<readonly string[]> => (await listTagged()).map(({ path }) => path),
    listTagged,
    async read(path: string): Promise<Uint8Array | undefined> {
      if (!isVisibleFile(path)) return undefined;
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucketName, Key: path, Range: byteRange(path) }),
        );
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        if (isEmpty(error)) return new Uint8Array();
        throw accessError("read", path, error);
      }
    },
  };
};

/** Apart from its source, so that a function that reads no document has the name without the client. */
export const bucketSourceName = "bucket";

export const bucket: LambdaSourceKind = {
  name: bucketSourceName,
  variable: "CONTENT_BUCKET",
  open: (bucketName) => bucketSource(new S3Client({}), bucketName),
};
