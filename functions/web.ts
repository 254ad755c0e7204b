import { handle } from "hono/aws-lambda";
import { composeWebFunction } from "../src/compose-lambda.ts";

export const handler = handle(composeWebFunction(process.env));
