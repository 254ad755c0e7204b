import type { WriteStream } from "node:tty";
import type { Print } from "./console-log.ts";

/** Lines on a terminal, below which one may be written over. */
export const terminalOutput = (stream: Pick<WriteStream, "write">): { readonly out: Print; readonly status: Print } => {
  let hasStatus = false;
  const clear = (): void => {
    if (!hasStatus) return;
    stream.write("\r\u001b[2K");
    hasStatus = false;
  };
  return {
    out: (line) => {
      clear();
      stream.write(`${line}\n`);
    },
    status: (line) => {
      clear();
      stream.write(line);
      hasStatus = true;
    },
  };
};
