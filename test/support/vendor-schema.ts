import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const folder = join(import.meta.dirname, "../networks/schemas");

/** What is wrong with a request by a schema that the network publishes itself; empty where it is valid. */
export const vendorSchema = async (file: string): Promise<(name: string, request: unknown) => readonly string[]> => {
  // An OpenAPI document has keywords of its own.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat("snowflake", /^\d+$/);
  ajv.addSchema(JSON.parse(await readFile(join(folder, file), "utf8")), file);
  return (name, request) => {
    const isValid = ajv.getSchema(`${file}#/components/schemas/${name}`);
    if (isValid === undefined) throw new Error(`${file} has no schema ${name}`);
    isValid(request);
    return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
};
