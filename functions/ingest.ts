import { composeIngestFunction } from "../src/compose-lambda.ts";
import { changes } from "./events/changes.ts";

/** Changes in the content bucket, and all of its documents each hour. */
export const handler = changes(composeIngestFunction(process.env));
