import { composeReconcileFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";
import { scheduledHandler } from "../src/runtimes/lambda/scheduled-runs.ts";

/** Every hour all documents; every five minutes the feeds that are sources. */
export const handler = scheduledHandler(composeReconcileFunction(process.env, functionLog(process.env)));
