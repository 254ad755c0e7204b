// One copy of a function: node lambda-boot.mjs FOLDER HANDLER FD. Each line of stdin is an event with the id of its request;
// the answer is a line on the file descriptor FD, and the line of the log that ends the request has the id alone.
import { existsSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

const [folder = ".", handler = "index.handler", fd = "3"] = process.argv.slice(2);
const dot = handler.lastIndexOf(".");
const [module, exported] = [handler.slice(0, dot), handler.slice(dot + 1)];

/** A drill turns a function's clock: nobody waits for a lease to end. */
const clock = { ahead: 0 };
const now = Date.now;
Date.now = () => now() + clock.ahead;

/**
 * A machine that has other work is up to `EMULATOR_PATIENCE` times slower than Lambda: as much later comes every limit in time
 * that the function sets, to a request or to a parser.
 */
const patience = Number(process.env.EMULATOR_PATIENCE);
const { timeout } = AbortSignal;
AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds * patience);
const { runInContext } = Script.prototype;
Script.prototype.runInContext = function (context, options) {
  const later = options?.timeout === undefined ? options : { ...options, timeout: options.timeout * patience };
  return runInContext.call(this, context, later);
};

/**
 * `EMULATOR_PUBLIC=ADDRESS:PORT=PORT`: what a function sends to a public address comes to a port of this machine, so that its
 * guard against other addresses is in force.
 */
const publicServer = /^(?<host>[\d.]+):(?<port>\d+)=(?<here>\d+)$/.exec(process.env.EMULATOR_PUBLIC ?? "")?.groups;
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...given) {
  const [options] = given.flat();
  if (publicServer !== undefined && options?.host === publicServer.host && String(options.port) === publicServer.port)
    Object.assign(options, { host: "127.0.0.1", port: Number(publicServer.here) });
  return connect.apply(this, given);
};

const load = async () => {
  process.chdir(folder);
  const file = [".mjs", ".js", ".cjs"].map((extension) => join(folder, module + extension)).find(existsSync);
  if (file === undefined) throw new Error(`the zip holds no module ${module}`);
  const { [exported]: run } = await import(pathToFileURL(file).href);
  if (typeof run !== "function") throw new Error(`${handler} is not exported`);
  flushCompileCache();
  return run;
};

const contextOf = (request) => {
  const deadline = Date.now() + 1000 * patience * Number(process.env.AWS_LAMBDA_FUNCTION_TIMEOUT);
  return {
    awsRequestId: request,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: "$LATEST",
    invokedFunctionArn: process.env.EMULATOR_FUNCTION_ARN,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
};

const failureOf = (thrown) => {
  const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { error: { errorType: name, errorMessage: message, trace: String(stack).split("\n") } };
};

/** Written whole: a pipe takes a part where it is full. */
const write = (to, text) => {
  for (let bytes = Buffer.from(text); bytes.length > 0; ) bytes = bytes.subarray(writeSync(to, bytes));
};

let loaded;
for await (const line of createInterface({ input: process.stdin })) {
  const { event, request, ahead } = JSON.parse(line);
  clock.ahead = ahead;
  loaded ??= load();
  const answer = await loaded
    .then((run) => run(event, contextOf(request)))
    .then((ok) => ({ ok: ok ?? null }), failureOf);
  write(Number(fd), `${JSON.stringify(answer)}\n`);
  // After all that the handler has printed: a pipe is written at once.
  process.stdout.write(`${request}\n`);
}
process.exit(0);
