import { pbkdf2Sync } from "node:crypto";
import process from "node:process";
import { answerRequest, serveRequests } from "../../src/parsing/parsers-in-process.ts";

/** A text with one of these words does this to the process that parses it, however robust the parsers are. */
const effects: Readonly<Record<string, () => unknown>> = {
  ENDLESS: () => {
    for (;;);
  },
  HUGE: () => {
    const all: number[][] = [];
    for (;;) all.push(new Array<number>(100_000).fill(all.length));
  },
  DEADLY: () => process.kill(process.pid, "SIGKILL"),
  // V8 cannot end this call.
  STUCK: () => pbkdf2Sync("", "", 2_000_000_000, 64, "sha512"),
  WRONG: () => {
    throw new Error("no such token");
  },
};

serveRequests((request) => {
  const [text] = request.args;
  if (text instanceof Uint8Array)
    for (const [word, effect] of Object.entries(effects)) if (new TextDecoder().decode(text).includes(word)) effect();
  return answerRequest(request);
});
