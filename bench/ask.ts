/** Answers one question in this process, for `run.ts`: `node bench/ask.ts NAME SIZES`. */
import type { Sizes } from "./findings.ts";
import { questions } from "./questions.ts";

const [, , name = "", text = ""] = process.argv;
const sizes: Sizes = JSON.parse(text);
process.send?.({ answer: await questions[name]?.(sizes) });
