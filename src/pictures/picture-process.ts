import process from "node:process";
import { isPictureRequest } from "./picture-messages.ts";
import { prepare } from "./prepare.ts";

/** Prepares one picture for the process that started it, and ends. */
process.once("message", async (message) => {
  if (!isPictureRequest(message)) return process.disconnect();
  process.send?.(await prepare(message.bytes, message.caps), undefined, undefined, () => process.disconnect());
});
// A terminal signals every process of Crier: this one ends with its parent.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());
