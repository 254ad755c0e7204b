import { fork } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { keyMutex } from "../domain/concurrency.ts";
import type { PictureCap } from "../domain/picture.ts";
import { second } from "../domain/time.ts";
import type { Preparation, PreparePicture } from "../ports/pictures.ts";
import type { SetTimer } from "../ports/runtime.ts";

const timeLimit = 20 * second;

/**
 * The process has no secrets: its environment is empty. Node's permissions keep its JavaScript from writing files and
 * starting processes; the native decoder is limited by the permissions of this user.
 */
const start = (file: string) => {
  const { SystemRoot } = process.env;
  return fork(file, [], {
    execArgv: ["--max-old-space-size=128", "--permission", "--allow-fs-read=*", "--allow-addons"],
    env: SystemRoot === undefined ? {} : { SystemRoot },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
};

/**
 * Prepares each picture in its own process, one after another. No other process runs the native decoder: a file that
 * crashes it ends only that process.
 */
export const prepareInChild = (
  setTimer: SetTimer,
  file = join(import.meta.dirname, "picture-process.ts"),
): PreparePicture => {
  const inTurn = keyMutex();
  return (bytes, caps) =>
    inTurn(
      "pictures",
      () =>
        new Promise((resolve) => {
          const child = start(file);
          const refuse = (reason: string) => resolve({ kind: "refused", reason });
          const cancel = setTimer(timeLimit, () => {
            refuse(`it took longer than ${timeLimit / second} seconds`);
            child.kill("SIGKILL");
          });
          child.once("message", (message) => {
            if (isPreparation(message)) resolve(message);
          });
          child.once("error", ({ message }) =>
            resolve({ kind: "failed", reason: `the process that decodes it could not be started: ${message}` }),
          );
          // If the process has answered, this has no effect.
          child.once("close", () => {
            cancel();
            refuse("it ended the process that decodes it");
          });
          child.send({ bytes, caps }, () => {});
        }),
    );
};

/**
 * The request that is sent to the process. Both ends are the same program, so a message with this shape was sent by the
 * other end.
 */
export interface PictureRequest {
  readonly bytes: Uint8Array;
  readonly caps: readonly PictureCap[];
}

const isPreparation = (message: unknown): message is Preparation =>
  typeof message === "object" && message !== null && "kind" in message;
