import { composeIngestFunction } from "../src/compose-lambda.ts";
import { changes } from "./events/changes.ts";
import { functionLog } from "./log.ts";

const log = functionLog(process.env);

/** Changes in the content bucket, and all of its documents each hour. */
export const handler = changes(composeIngestFunction(process.env, log), log);
