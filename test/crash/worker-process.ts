import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { answer, type WorkerAnswer, type WorkerRequest } from "./worker-messages.ts";

export interface WorkerProcess {
  /** Sends one request at a time. */
  ask(message: WorkerRequest): Promise<WorkerAnswer>;
  /** Resolves when the process is gone, by this signal. */
  kill(): Promise<void>;
}

const processOf = (child: ChildProcess): WorkerProcess => {
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += String(chunk);
  });
  const exited = once(child, "exit");
  let isKilled = false;
  const ended = exited.then(() => {
    if (!isKilled) throw new Error(`a worker ended by itself:\n${said}`);
    return new Promise<never>(() => undefined);
  });
  ended.catch(() => undefined);
  return {
    ask: async (message) => {
      const answered = once(child, "message");
      child.send(message);
      const [given] = await Promise.race([answered, ended]);
      return answer.parse(given);
    },
    kill: async () => {
      isKilled = true;
      child.kill("SIGKILL");
      const [, signal] = await exited;
      if (signal !== "SIGKILL") throw new Error(`the worker ended before it was killed (${signal}):\n${said}`);
    },
  };
};

/** Workers as processes of their own. The next one starts while the last one works. `folder`: for compiled files. */
export const workerProcesses = (folder: string) => {
  const all = new Set<WorkerProcess>();
  const start = (): WorkerProcess => {
    // Node itself, without a shell or npm: the signal must reach the process that does the work.
    const child = fork(new URL("./crash-worker.ts", import.meta.url), {
      execArgv: [],
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: folder },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const worker = processOf(child);
    all.add(worker);
    return worker;
  };
  let next = start();
  let killed = 0;
  return {
    take: (): WorkerProcess => {
      const taken = next;
      next = start();
      return taken;
    },
    kill: async (worker: WorkerProcess): Promise<void> => {
      await worker.kill();
      all.delete(worker);
      killed += 1;
    },
    killed: () => killed,
    /** Those that were not killed, so that none outlives the test. */
    end: async (): Promise<void> => {
      await Promise.all([...all].map((worker) => worker.kill()));
    },
  };
};
export type WorkerProcesses = ReturnType<typeof workerProcesses>;
