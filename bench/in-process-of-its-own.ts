import { fork } from "node:child_process";

/** Ends a process that leads a group, and everything that it has started. */
const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
};

/**
 * What a script sends to its parent. Throws where it ends without that, or has not done so when `limit` resolves; then it
 * is ended with everything that it has started.
 */
export const inProcessOfItsOwn = (script: string, args: readonly string[], limit: Promise<void>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const child = fork(script, args, { detached: true, serialization: "advanced" });
    const end = (): void => {
      process.off("SIGINT", interrupt);
      if (child.pid !== undefined) killGroup(child.pid);
    };
    // A process of another group does not get the terminal's Ctrl-C.
    const interrupt = (): void => {
      end();
      process.exit(130);
    };
    process.on("SIGINT", interrupt);
    void limit.then(() => {
      reject(new Error("no answer within the limit"));
      end();
    });
    child.on("message", (message) => {
      resolve(message);
      end();
    });
    child.on("error", reject);
    child.on("exit", (status, signal) => {
      reject(new Error(`its process ended with ${signal ?? status}`));
      end();
    });
  });
