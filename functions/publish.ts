import { composePublishFunction } from "../src/compose-lambda.ts";
import { records } from "./events/records.ts";
import { refOfBody } from "./events/refs.ts";
import { functionLog } from "./log.ts";

const log = functionLog(process.env);
const { work } = composePublishFunction(process.env, log);

export const handler = records((body) => work(refOfBody(body)), log);
