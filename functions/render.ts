import { composeRenderFunction } from "../src/compose-lambda.ts";
import { records } from "./events/records.ts";
import { refOfBody } from "./events/refs.ts";

const { work } = composeRenderFunction(process.env);

export const handler = records((body) => work(refOfBody(body)));
