import { composeRelayFunction } from "../src/compose-lambda.ts";
import { relay } from "./events/stream.ts";
import { functionLog } from "./log.ts";

/** The table's stream, and the schedule's sweep. */
export const handler = relay(composeRelayFunction(process.env, functionLog(process.env)), Date.now);
