import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteObjectsCommand, HeadBucketCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteParametersCommand, paginateGetParametersByPath, SSMClient } from "@aws-sdk/client-ssm";

// The bucket is in the path, so that its name need not be a host.
const s3 = new S3Client({ forcePathStyle: true });
const dynamodb = new DynamoDBClient({});
const ssm = new SSMClient({});

/** Deletes every version of every object. CloudFormation deletes a bucket only when it is empty. */
export const emptyBucket = async (bucket: string): Promise<number> => {
  for (let deleted = 0; ; ) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (objects.length === 0) return deleted;
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }));
    deleted += objects.length;
  }
};

/**
 * The errors of S3 and DynamoDB for a bucket and a table that do not exist. Any other error is not evidence of that.
 */
const missing = ["NotFound", "ResourceNotFoundException"];

const answers = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof Error && missing.includes(error.name)) return false;
    throw error;
  }
};

/** Checks only resources that hold data, and returns undefined for any other. */
export const exists = async (type: string, name: string): Promise<boolean | undefined> => {
  if (type === "AWS::S3::Bucket") return answers(s3.send(new HeadBucketCommand({ Bucket: name })));
  if (type === "AWS::DynamoDB::GlobalTable")
    return answers(dynamodb.send(new DescribeTableCommand({ TableName: name })));
  return undefined;
};

export const parameterNames = async (path: string): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, { Path: path, Recursive: true }))
    for (const { Name } of Parameters) if (Name !== undefined) names.push(Name);
  return names;
};

/** The secrets, which are no resources of the stack. */
export const deleteParameters = async (path: string): Promise<void> => {
  const names = await parameterNames(path);
  // Ten at a time (DeleteParameters).
  for (let from = 0; from < names.length; from += 10)
    await ssm.send(new DeleteParametersCommand({ Names: names.slice(from, from + 10) }));
};
