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
 * Without secrets: its environment is empty. Node's permissions keep its JavaScript from writing files and starting
 * processes; the native decoder is bound by what this user may do.
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
 * Prepares pictures in a process for each, one after another. The native decoder is in no other process: whatever a file
 * does to it ends that process alone.
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
          // After an answer it changes nothing.
          child.once("close", () => {
            cancel();
            refuse("it ended the process that decodes it");
          });
          child.send({ bytes, caps }, () => {});
        }),
    );
};

/** What the process is asked. Both ends are one program: what has the form is what the other one has sent. */
export interface PictureRequest {
  readonly bytes: Uint8Array;
  readonly caps: readonly PictureCap[];
}

const isPreparation = (message: unknown): message is Preparation =>
  typeof message === "object" && message !== null && "kind" in message;
