import { composePublishFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";
import { recordsHandler, refOfBody } from "../src/runtimes/lambda/queue-records.ts";

const log = functionLog(process.env);
const { work } = composePublishFunction(process.env, log);

export const handler = recordsHandler((body) => work(refOfBody(body)), log);
