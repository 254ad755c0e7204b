import { CommandError } from "../api/api-client.ts";
import { isRecord } from "../domain/json-value.ts";
import type { networks } from "../networks/index.ts";
import { ask } from "./ask.ts";
import type { Input, Terminal } from "./subcommand.ts";

/** Of a parameter of the standard tier (Systems Manager, "Managing parameter tiers"). */
const maxBytes = 4096;

type DefinedNetwork = (typeof networks)[number];

type Fields = Readonly<Record<string, unknown>>;

const exampleOf = (fields: readonly string[]): string => `{${fields.map((field) => `"${field}": "…"`).join(", ")}}`;

const readAll = async (input: Input): Promise<string> => {
  input.setEncoding("utf8");
  let text = "";
  for await (const chunk of input) {
    text += chunk;
    if (text.length > 4 * maxBytes)
      throw new CommandError("standard input is too long for a secret: pipe one JSON object");
  }
  // Removes a byte order mark, too: ECMA-262 counts it as white space.
  return text.trim();
};

/** The parser's own message quotes the text, so it is not shown. */
const parseObject = (text: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const readPiped = async (input: Input, fields: readonly string[]): Promise<Fields> => {
  const text = await readAll(input);
  const expected = `pipe ${exampleOf(fields)}, or run this in a terminal to be asked`;
  if (text === "") throw new CommandError(`standard input is empty: ${expected}`);
  const value = parseObject(text);
  if (value === undefined) throw new CommandError(`standard input is not a JSON object: ${expected}`);
  return value;
};

/** White space around a value is left out, and with it an empty field. */
const trimFields = (given: Fields): Fields =>
  Object.fromEntries(
    Object.entries(given)
      .map(([field, value]) => [field, typeof value === "string" ? value.trim() : value] as const)
      .filter(([, value]) => value !== ""),
  );

/** Names the network's own fields only: in a mistaken object even a key can be the secret. */
const checkCredentials = (network: DefinedNetwork, given: Fields): Readonly<Record<string, string>> => {
  const fields = Object.keys(network.credentials.shape);
  const fieldList = `the fields of ${network.name} are ${fields.join(", ")}`;
  const present = trimFields(given);
  if (Object.keys(present).some((field) => !fields.includes(field)))
    throw new CommandError(`the secret holds a field that ${network.name} does not have: ${fieldList}`);
  const { data, error } = network.credentials.safeParse(present);
  if (data === undefined) {
    const wrong = [...new Set(error.issues.map(({ path }) => String(path[0])))];
    const missing = wrong.filter((field) => !(field in present));
    throw new CommandError(
      missing.length > 0
        ? `the secret lacks ${missing.join(", ")}: ${fieldList}`
        : `the secret's ${wrong.join(", ")} is not valid: each field is a string, as ${network.name} shows it`,
    );
  }
  return Object.fromEntries(
    Object.entries(data).flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const])),
  );
};

/** Credentials of an account: a JSON object on standard input, or one answer per field at a terminal. They never appear in an argument, an output or an error. */
export const readCredentials = async (
  network: DefinedNetwork,
  { input, err }: Pick<Terminal, "input" | "err">,
): Promise<Readonly<Record<string, string>>> => {
  const shape = network.credentials.shape;
  const questions = Object.entries(shape).map(([field, schema]) => ({
    field,
    optional: schema.safeParse(undefined).success,
  }));
  const given =
    input.isTTY === true ? await ask(questions, { input, err }) : await readPiped(input, Object.keys(shape));
  const credentials = checkCredentials(network, given);
  if (Buffer.byteLength(JSON.stringify(credentials)) > maxBytes)
    throw new CommandError(`the secret is longer than the ${maxBytes} bytes of a parameter: check what was pasted`);
  return credentials;
};
