import { composeRenderFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { parseRef, recordsHandler } from "../src/runtimes/lambda/function-events.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";

const log = functionLog(process.env);
const { work } = composeRenderFunction(process.env, log);

export const handler = recordsHandler((body) => work(parseRef(body)), log);
