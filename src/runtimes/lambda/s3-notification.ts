import * as z from "zod";

/** `Records` is missing in the `s3:TestEvent` that S3 sends when the notification is configured. */
const Notification = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })).default([]),
});

/** The paths in an S3 notification. Its keys are form-encoded: a space is `+` (S3 User Guide, "Event message structure"). */
export const pathsOfNotification = (body: string): readonly string[] => [
  ...new Set(
    Notification.parse(JSON.parse(body)).Records.map(({ s3 }) =>
      decodeURIComponent(s3.object.key.replaceAll("+", " ")),
    ),
  ),
];
