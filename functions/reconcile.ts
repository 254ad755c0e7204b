import { composeReconcileFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { scheduledHandler } from "../src/runtimes/lambda/function-events.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";

/** Lists all documents every hour, and polls the feeds that are sources every five minutes. */
export const handler = scheduledHandler(composeReconcileFunction(process.env, functionLog(process.env)));
