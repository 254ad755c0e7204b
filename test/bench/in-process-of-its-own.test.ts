import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { inProcessOfItsOwn } from "../../bench/in-process-of-its-own.ts";

const never = new Promise<void>(() => {});

const aScript = async (text: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-bench-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = join(folder, "script.mjs");
  await writeFile(script, text);
  return script;
};

test("a script sends its answer to its parent", async () => {
  const script = await aScript("process.send({ answer: process.argv[2] });");
  expect(await inProcessOfItsOwn(script, ["12"], never)).toEqual({ answer: "12" });
});

test("a script that fails has no answer, and the next one is asked", async () => {
  await expect(inProcessOfItsOwn(await aScript("process.exit(3);"), [], never)).rejects.toThrow(
    "its process ended with 3",
  );
});

test("a script that never answers is ended with what it has started", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const connected = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  server.on("connection", (socket) => {
    connected.resolve();
    socket.on("error", () => {}).on("close", () => closed.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const child = `require("node:net").connect(${port}, "127.0.0.1")`;
  const script = await aScript(
    `import { spawn } from "node:child_process"; spawn(process.execPath, ["-e", ${JSON.stringify(child)}]);`,
  );
  const limit = Promise.withResolvers<void>();
  const answer = inProcessOfItsOwn(script, [], limit.promise);
  await connected.promise;
  limit.resolve();
  await expect(answer).rejects.toThrow("no answer");
  await closed.promise;
});
