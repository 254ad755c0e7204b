import { composeIngestFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { changes } from "../src/runtimes/lambda/content-changes.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";

const log = functionLog(process.env);

/** Changes in the content bucket, and all of its documents each hour. */
export const handler = changes(composeIngestFunction(process.env, log), log);
