import { composeIngestFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { contentHandler } from "../src/runtimes/lambda/function-events.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";

const log = functionLog(process.env);

/** Processes changes in the content bucket. */
export const handler = contentHandler(composeIngestFunction(process.env, log), log);
