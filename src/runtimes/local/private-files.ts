import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../domain/errors.ts";
import type { Log } from "../../ports/runtime.ts";

/** The modes of folders and files that only their owner may read. Windows ignores them. */
export const ownerOnly = { folder: 0o700, file: 0o600 } as const;

/** Private, because rows and bodies include posts that are not published, and a token gives access to the API. */
const folders = ["bodies"];
const files = ["crier.db", "token", "plan-token", "address", "sandbox.jsonl"];

/**
 * Restricts the private parts of a data folder to its owner, also if they were copied without their modes. The folder itself
 * keeps its mode, because another program may serve `public` from it.
 */
export const keepPrivate = async (data: string, log: Log): Promise<void> => {
  const restrict = async (path: string, mode: number): Promise<void> => {
    try {
      await chmod(path, mode);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return;
      // A file system without modes must not prevent the start.
      log.warn(`${path} may be readable by other users of this machine: pass --data with a folder that is yours`, {
        error: String(error),
      });
    }
  };
  for (const name of folders) {
    await mkdir(join(data, name), { recursive: true });
    await restrict(join(data, name), ownerOnly.folder);
  }
  for (const name of files) await restrict(join(data, name), ownerOnly.file);
};

/** `wx` does not overwrite: if two processes start at the same time, the first creates the token. */
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
    if (errorCode(error) !== "EEXIST") throw error;
  }
};

/** Writes the address of this start to `<data>/address`, where the commands of this machine look for it. */
export const keepAddress = (data: string, url: string): Promise<void> =>
  writeFile(join(data, "address"), `${url}\n`, { mode: ownerOnly.file });

export interface ApiTokens {
  readonly token: string;
  /** The token that allows reading and planning only. */
  readonly planToken: string;
}

/**
 * Returns the API's tokens. The first is `CRIER_TOKEN`, or else in `<data>/token`, and the read-only one always in
 * `<data>/plan-token`. A file is created once, and is readable by its owner only.
 */
export const apiTokens = async (data: string, env: NodeJS.ProcessEnv): Promise<ApiTokens> => ({
  token: env.CRIER_TOKEN?.trim() || (await storedToken(join(data, "token"))),
  planToken: await storedToken(join(data, "plan-token")),
});

const storedToken = async (file: string): Promise<string> => {
  await createToken(file);
  const token = (await readFile(file, "utf8")).trim();
  if (token === "") throw new Error(`${file} is empty: delete it, and a new token is created`);
  return token;
};
