import process from "node:process";
import { errorMessage } from "../domain/errors.ts";
import type { Site } from "../domain/site.ts";
import { second } from "../domain/time.ts";
import { type Answer, type AskedOfProcess, type FromProcess, isToProcess, type Request } from "./process-messages.ts";
import { TooSlow, withinTime } from "./within-time.ts";

/** Resolves when the message has left this process: the next text may be the one that ends it. */
const send = (message: FromProcess): Promise<void> =>
  new Promise((resolve) => void process.send?.(message, undefined, undefined, () => resolve()));

const tryAnswer = (seconds: number, answer: () => Answer): FromProcess => {
  const before = process.cpuUsage();
  try {
    return { kind: "answer", answer: withinTime(seconds * second, answer) };
  } catch (error) {
    if (!(error instanceof TooSlow)) return { kind: "error", message: errorMessage(error) };
    const { user, system } = process.cpuUsage(before);
    return { kind: "slow", cpu: (user + system) / 1000 };
  }
};

/** Makes this process one that parses for its parent (parsing-process.ts): a request after another, until the parent ends. */
export const serveRequests = (answer: (request: Request, siteOf: (number: number) => Site) => Answer): void => {
  const sites = new Map<number, Site>();
  const siteOf = (number: number): Site => {
    const site = sites.get(number);
    if (site === undefined) throw new Error(`no site was sent with the number ${number}`);
    return site;
  };
  const waiting: AskedOfProcess[] = [];
  let isBusy = false;
  const answerAll = async (): Promise<void> => {
    isBusy = true;
    for (let asked = waiting.shift(); asked !== undefined; asked = waiting.shift()) {
      const { request, seconds } = asked;
      const message = tryAnswer(seconds, () => answer(request, siteOf));
      await send(message);
      // What was stopped in the middle may have left anything behind.
      if (message.kind === "slow") process.exit();
    }
    isBusy = false;
  };
  process.on("message", (message) => {
    if (!isToProcess(message)) return;
    if ("site" in message) sites.set(message.number, message.site);
    else waiting.push(message);
    if (!isBusy) void answerAll();
  });
  process.on("disconnect", () => process.exit());
  // The terminal and systemd signal every process of Crier: this one ends with its parent, which may still ask it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
  void send({ kind: "ready" });
};
