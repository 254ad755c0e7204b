import { composeRelayFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";
import { relay } from "../src/runtimes/lambda/table-stream.ts";

/** The table's stream, and the schedule's sweep. */
export const handler = relay(composeRelayFunction(process.env, functionLog(process.env)));
