import * as z from "zod";

const Changes = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
});

/** S3 sends it when the notification is configured. */
const TestEvent = z.object({ Event: z.literal("s3:TestEvent") });

/** What another service makes of a notification that it passes on. */
const wrapped = [
  { service: "SNS", schema: z.object({ Type: z.literal("Notification"), TopicArn: z.string() }) },
  { service: "EventBridge", schema: z.object({ source: z.literal("aws.s3"), "detail-type": z.string() }) },
] as const;

/**
 * The paths in an S3 notification. Its keys are form-encoded: a space is `+` (S3 User Guide, "Event message structure").
 * Throws for anything else: a record that is read as one without documents would be deleted, and its documents would wait
 * for the hourly listing.
 */
export const pathsOfNotification = (body: string): readonly string[] => {
  const read: unknown = JSON.parse(body);
  const { data } = Changes.safeParse(read);
  if (data !== undefined)
    return [...new Set(data.Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll("+", " "))))];
  if (TestEvent.safeParse(read).success) return [];
  const service = wrapped.find(({ schema }) => schema.safeParse(read).success)?.service;
  throw new Error(
    service === undefined
      ? "The queue of changes has a record that is not a notification of S3: let nothing else send to it."
      : `The queue of changes has a notification that came by ${service}: let the bucket send to the queue itself, as the stack configures it.`,
  );
};
