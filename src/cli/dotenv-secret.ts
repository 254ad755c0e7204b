import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../api/api-client.ts";
import type { networks } from "../networks/index.ts";
import { variableFor } from "../runtimes/local/environment-secrets.ts";

type DefinedNetwork = (typeof networks)[number];

/** As Node reads `.env`: in double quotes it changes `\\n`, and without quotes `#` begins a comment. */
const quoted = (value: string, variable: string): string => {
  if (/^[\w./:@+=-]*$/.test(value)) return value;
  const quote = ["'", "`"].find((one) => !value.includes(one));
  if (quote !== undefined) return quote + value + quote;
  if (!/["\\]/.test(value)) return `"${value}"`;
  throw new CommandError(
    `${variable} cannot be written into .env, which has no quotes for it: set it in the environment`,
  );
};

const readLines = async (file: string): Promise<readonly string[]> => {
  try {
    const text = await readFile(file, "utf8");
    return text.replace(/\n$/, "").split("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
};

/** Writes the secret of an account where `npm start` of this folder reads it. What else is in the file stays. */
export const writeDotenv = async (
  account: string,
  network: DefinedNetwork,
  credentials: Readonly<Record<string, string>>,
  folder: string,
): Promise<{ readonly file: string; readonly variables: readonly string[] }> => {
  const file = join(folder, ".env");
  const own = Object.keys(network.credentials.shape).map((field) => variableFor(account, field));
  const isOwn = (line: string): boolean => own.includes(/^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? "");
  const given = Object.entries(credentials).map(([field, value]) => [variableFor(account, field), value] as const);
  const kept = (await readLines(file)).filter((line) => !isOwn(line));
  const lines = [...kept, ...given.map(([variable, value]) => `${variable}=${quoted(value, variable)}`), ""];
  // A file that is half written would disconnect every account.
  const written = `${file}.new`;
  await writeFile(written, lines.join("\n"), { mode: 0o600 });
  await chmod(written, 0o600);
  await rename(written, file);
  return { file, variables: given.map(([variable]) => variable) };
};
