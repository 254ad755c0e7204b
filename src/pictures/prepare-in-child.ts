import { extname, join } from "node:path";
import { keyMutex } from "../domain/concurrency.ts";
import type { PictureCap } from "../domain/picture.ts";
import { second } from "../domain/time.ts";
import type { Preparation, PreparePicture } from "../ports/pictures.ts";
import type { SetTimer } from "../ports/runtime.ts";
import { startChild } from "../processes/child-process.ts";

interface PictureLimits {
  readonly cpuSeconds: number;
  /** The last resort: a process that computes nothing and never answers. */
  readonly seconds: number;
}

/** The largest picture that is decoded takes a few seconds of CPU, and on a busy machine many times as long. */
const pictureLimits: PictureLimits = { cpuSeconds: 20, seconds: 120 };

/** The process is beside this file, which is JavaScript in a package. */
const pictureProcess = join(import.meta.dirname, `picture-process${extname(import.meta.filename)}`);

/**
 * Prepares each picture in its own process, one after another. No other process runs the native decoder: a file that
 * crashes it ends only that process.
 */
export const prepareInChild = (
  setTimer: SetTimer,
  file = pictureProcess,
  { cpuSeconds, seconds } = pictureLimits,
): PreparePicture => {
  const inTurn = keyMutex();
  return (bytes, caps) =>
    inTurn(
      "pictures",
      () =>
        new Promise((resolve) => {
          const refuse = (reason: string) => resolve({ kind: "refused", reason });
          const child = startChild(
            { file, megabytes: 128, cpu: { seconds: cpuSeconds, setTimer }, execArgv: ["--allow-addons"] },
            (message) => {
              if (isPreparation(message)) resolve(message);
            },
          );
          const cancel = setTimer(seconds * second, () => {
            refuse(`it took longer than ${seconds} seconds`);
            child.kill();
          });
          // If the process has answered, this has no effect.
          void child.ended.then(({ hasStarted, isOutOfCpu, output }) => {
            cancel();
            if (isOutOfCpu) refuse(`it took more than ${cpuSeconds} seconds of computing`);
            else if (hasStarted) refuse("it ended the process that decodes it");
            else resolve({ kind: "failed", reason: `the process that decodes it could not be started: ${output}` });
          });
          const request: PictureRequest = { bytes, caps };
          child.send(request);
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
