import { handle } from "hono/aws-lambda";
import { composeConsoleFunction } from "../src/runtimes/lambda/compose-functions.ts";
import { functionLog } from "../src/runtimes/lambda/function-log.ts";

export const handler = handle(composeConsoleFunction(process.env, functionLog(process.env)));
