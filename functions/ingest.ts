import { composeIngestFunction } from "../src/compose-lambda.ts";
import { pathsOfNotification } from "./events/notification.ts";
import { records } from "./events/records.ts";

const { ingest } = composeIngestFunction(process.env);

/** A change in the content bucket. One after another: two changes of one document in a message are one race less. */
export const handler = records(async (body) => {
  for (const path of pathsOfNotification(body)) await ingest(path);
});
