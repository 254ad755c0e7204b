import process from "node:process";
import { errorMessage } from "../domain/errors.ts";
import type { Preparation } from "../ports/pictures.ts";
import { sendToParent, serveParent } from "../processes/child-process.ts";
import type { PictureRequest } from "./prepare-in-child.ts";

const isPictureRequest = (message: unknown): message is PictureRequest =>
  typeof message === "object" && message !== null && "bytes" in message && "caps" in message;

/** sharp's libraries are optional packages, which an installation may have left out. */
const prepared = async ({ bytes, caps }: PictureRequest): Promise<Preparation> => {
  const sharp = await import("./prepare.ts").catch(errorMessage);
  if (typeof sharp !== "string") return sharp.prepare(bytes, caps);
  const [first] = sharp.split("\n");
  return { kind: "failed", reason: `sharp cannot be loaded: install Crier with npm's optional packages (${first})` };
};

/** Prepares one picture for the process that started it, and ends. */
serveParent(async (message) => {
  if (isPictureRequest(message)) await sendToParent(await prepared(message));
  process.disconnect();
});
