import { composeRelayFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { relayHandler } from "../src/runtimes/lambda/function-events.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";

/** Processes the table's stream, and runs the scheduled sweep. */
export const handler = relayHandler(composeRelayFunction(process.env, functionLog(process.env)));
