import { composeRelayFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";
import { relayHandler } from "../src/runtimes/lambda/table-stream.ts";

/** The table's stream, and the sweep of the schedule. */
export const handler = relayHandler(composeRelayFunction(process.env, functionLog(process.env)));
