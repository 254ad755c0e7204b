import { randomBytes } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../domain/errors.ts";
import { ownerOnly } from "./private-files.ts";

/** `wx` does not overwrite: of two processes at the same time, the first creates the token. */
const createToken = async (file: string): Promise<void> => {
  try {
    const handle = await open(file, "wx", ownerOnly.file);
    try {
      await handle.writeFile(`${randomBytes(24).toString("base64url")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
};

/** The API's token: `CRIER_TOKEN`, or else `<data>/token`, which is created once and readable by its owner only. */
export const apiToken = async (data: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const given = env.CRIER_TOKEN?.trim();
  if (given !== undefined && given !== "") return given;
  const file = join(data, "token");
  await createToken(file);
  const token = (await readFile(file, "utf8")).trim();
  if (token === "") throw new Error(`${file} is empty: delete it, and a new token is created`);
  return token;
};
