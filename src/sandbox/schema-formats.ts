import type { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { byteCount, graphemeCount } from "./counting.ts";

/** ASCII, as browsers and Crier write addresses. `[` and `|` are in many; RFC 3986 allows them nowhere in a path. */
const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(text) && URL.canParse(text);

/** A picture of several MB is too much for the expression of ajv-formats, which counts groups of four on the stack. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

/** Which texts a format of strings allows. */
export type Formats = Readonly<Record<string, RegExp | ((text: string) => boolean)>>;

/** What schemas have beyond JSON Schema. `own`: of one network. */
export const addFormats = (ajv: Ajv2020, own: Formats): void => {
  formats.default(ajv);
  ajv.addFormat("uri", isAddress);
  ajv.addFormat("byte", isBase64);
  for (const [name, format] of Object.entries(own)) ajv.addFormat(name, format);
  ajv.addKeyword({
    keyword: "maxBytes",
    type: "string",
    validate: (max: number, text: string) => byteCount(text) <= max,
  });
  ajv.addKeyword({
    keyword: "maxGraphemes",
    type: "string",
    validate: (max: number, text: string) => graphemeCount(text) <= max,
  });
  ajv.addKeyword({
    keyword: "isFile",
    validate: (isFile: boolean, value: unknown) => value instanceof File === isFile,
  });
};
