// One Lambda invocation: node lambda-boot.mjs FOLDER HANDLER FD, the event on stdin, the answer on the file descriptor FD.
import { existsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [folder = ".", handler = "index.handler", fd = "3"] = process.argv.slice(2);
const dot = handler.lastIndexOf(".");
const [module, exported] = [handler.slice(0, dot), handler.slice(dot + 1)];

/** A drill turns a function's clock with its environment: nobody waits for a lease to end. */
const ahead = Number(process.env.EMULATOR_CLOCK_AHEAD ?? 0);
if (ahead > 0) {
  const now = Date.now;
  Date.now = () => now() + ahead;
}

const answer = (value) => writeSync(Number(fd), JSON.stringify(value));

try {
  process.chdir(folder);
  const file = [".mjs", ".js", ".cjs"].map((extension) => join(folder, module + extension)).find(existsSync);
  if (file === undefined) throw new Error(`the zip holds no module ${module}`);
  const { [exported]: run } = await import(pathToFileURL(file).href);
  if (typeof run !== "function") throw new Error(`${handler} is not exported`);
  const deadline = Date.now() + 1000 * Number(process.env.AWS_LAMBDA_FUNCTION_TIMEOUT);
  const context = {
    awsRequestId: process.env.EMULATOR_REQUEST,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: "$LATEST",
    invokedFunctionArn: process.env.EMULATOR_FUNCTION_ARN,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  // Not `readFileSync`, which throws where more is still to come.
  const event = JSON.parse((await text(process.stdin)) || "{}");
  answer({ ok: (await run(event, context)) ?? null });
  process.exit(0);
} catch (error) {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  answer({ error: { errorType: name, errorMessage: message, trace: String(stack).split("\n") } });
  process.exit(1);
}
