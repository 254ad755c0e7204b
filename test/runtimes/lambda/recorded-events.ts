import { marshall } from "@aws-sdk/util-dynamodb";

/** Events as AWS hands them to a function ("Using AWS Lambda with Amazon SQS", "Process Amazon S3 event notifications" …). */

export const s3Notification = (...keys: readonly string[]): string =>
  JSON.stringify({
    Records: keys.map((key) => ({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "eu-central-1",
      eventTime: "2026-03-01T08:00:00.000Z",
      eventName: "ObjectCreated:Put",
      userIdentity: { principalId: "AWS:AIDAEXAMPLE" },
      requestParameters: { sourceIPAddress: "192.0.2.1" },
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "NDYy",
        bucket: { name: "content", ownerIdentity: { principalId: "A3NL" }, arn: "arn:aws:s3:::content" },
        object: { key, size: 11, eTag: "5eb63bbbe01eeed093cb22bb8f5acdc3", versionId: "L4kq", sequencer: "0065A1" },
      },
    })),
  });

/** The message that S3 sends once, when the notification is set up. */
export const s3TestEvent = JSON.stringify({
  Service: "Amazon S3",
  Event: "s3:TestEvent",
  Time: "2026-03-01T08:00:00.000Z",
  Bucket: "content",
  RequestId: "5582815E1AEA5ADF",
  HostId: "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
});

export const sqsEvent = (...bodies: readonly string[]) => deliveredAgain(1, ...bodies);

/** The same at the delivery of this number. */
export const deliveredAgain = (times: number, ...bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
    body,
    attributes: {
      ApproximateReceiveCount: `${times}`,
      SentTimestamp: "1772352000000",
      SenderId: "AIDAIENQZJOLO23YVJ4VO",
      ApproximateFirstReceiveTimestamp: "1772352000001",
    },
    messageAttributes: {},
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:work",
    awsRegion: "eu-central-1",
  })),
});

export interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly dueAt?: number;
  readonly lease?: { readonly holder: string; readonly until: number };
}

/** A batch of the table's stream, view type NEW_IMAGE. */
export const streamEvent = (...rows: readonly Row[]) => ({
  Records: rows.map(({ pk, sk, dueAt, lease }, index) => ({
    eventID: `e${index}`,
    eventVersion: "1.1",
    eventName: "MODIFY",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-central-1",
    eventSourceARN: "arn:aws:dynamodb:eu-central-1:123456789012:table/rows/stream/2026-03-01T00:00:00.000",
    dynamodb: {
      ApproximateCreationDateTime: 1772352000,
      Keys: { pk: { S: pk }, sk: { S: sk } },
      NewImage: {
        pk: { S: pk },
        sk: { S: sk },
        ...(dueAt === undefined ? {} : { dueShard: { S: "due#1" }, dueAt: { N: String(dueAt) } }),
        ...(lease === undefined ? {} : { lease: { M: marshall(lease) } }),
      },
      SequenceNumber: String(4421584500000000017450439091n + BigInt(index)),
      SizeBytes: 59,
      StreamViewType: "NEW_IMAGE",
    },
  })),
});

export const scheduledEvent = {
  version: "0",
  id: "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
  "detail-type": "Scheduled Event",
  source: "aws.events",
  account: "123456789012",
  time: "2026-03-01T08:00:00Z",
  region: "eu-central-1",
  resources: ["arn:aws:events:eu-central-1:123456789012:rule/sweep"],
  detail: {},
};
