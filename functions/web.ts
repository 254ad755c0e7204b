import { handle } from "hono/aws-lambda";
import { composeWebFunction } from "../src/compose-lambda.ts";
import { functionLog } from "./log.ts";

export const handler = handle(composeWebFunction(process.env, functionLog(process.env)));
