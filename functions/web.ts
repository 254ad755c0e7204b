import { handle } from "hono/aws-lambda";
import { composeWebFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";

export const handler = handle(composeWebFunction(process.env, functionLog(process.env)));
