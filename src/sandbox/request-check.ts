import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { Context } from "hono";
import { decodePercent } from "../domain/address.ts";
import { type ApiSchema, definitionsOf, type Operation, type Schema, whole } from "./api-schema.ts";
import type { SandboxEnv } from "./emulator.ts";
import { addFormats, type Formats } from "./schema-formats.ts";

/** Why a schema does not allow a request. */
export interface Violation {
  readonly place: "path" | "query" | "header" | "body";
  /** The names and indices that lead to the field; empty for the whole. */
  readonly path: readonly string[];
  /** Of JSON Schema; `unknown` for a field that is not in the schema, `media-type` for a body of another kind. */
  readonly keyword: string;
  /** What a length, a number of entries or a value is compared with, where it is. */
  readonly limit?: number;
  /** Follows the name of the field: `must be string`. */
  readonly message: string;
}

export interface RequestCheck {
  /** `absent`: the API has no such request. `path`: below the address of the API. */
  request(c: Context<SandboxEnv>, path: string): Promise<Violation | "absent" | undefined>;
  /** Of a value by the name of its schema. */
  value(name: string, value: unknown): Violation | undefined;
}

const pathOf = ({ instancePath }: ErrorObject): readonly string[] =>
  instancePath
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));

const violationOf = (error: ErrorObject, place: Violation["place"]): Violation => {
  const { keyword, params, message = "is not valid" } = error;
  const path = pathOf(error);
  if (keyword === "required")
    return { place, path: [...path, String(params.missingProperty)], keyword, message: "is required" };
  const unknown = params.unevaluatedProperty ?? params.additionalProperty;
  if (unknown !== undefined)
    return { place, path: [...path, String(unknown)], keyword: "unknown", message: "is not in the schema" };
  return { place, path, keyword, message, ...(typeof params.limit === "number" && { limit: params.limit }) };
};

/** These name no cause: one of several alternatives, or a condition, failed. */
const vague = new Set(["anyOf", "oneOf", "if", "not"]);
/** An alternative that is for other values fails by these. */
const ofAlternatives = new Set(["type", "const", "enum", "isFile", "unevaluatedProperties"]);

const vagueness = ({ keyword }: ErrorObject): number => {
  if (vague.has(keyword)) return 2;
  return ofAlternatives.has(keyword) ? 1 : 0;
};

/** The deepest error, which belongs to the alternative that fits best; of several, what all alternatives refuse. */
const firstOf = (errors: readonly ErrorObject[], place: Violation["place"]): Violation | undefined => {
  const found = errors.map((error) => ({
    error,
    depth: pathOf(error).length,
    identity: JSON.stringify([error.instancePath, error.keyword, error.params]),
  }));
  const times = (identity: string): number => found.filter((one) => one.identity === identity).length;
  const [first] = found.toSorted(
    (a, b) => b.depth - a.depth || times(b.identity) - times(a.identity) || vagueness(a.error) - vagueness(b.error),
  );
  return first && violationOf(first.error, place);
};

/** What a segment of a path has for the name in its template (`bot{token}`); undefined where it is another one. */
const valueIn = (segment: string, template: string): Readonly<Record<string, string>> | undefined => {
  const [, before = "", name, after = ""] = /^([^{]*)\{(\w+)\}([^{]*)$/.exec(template) ?? [];
  if (name === undefined) return segment === template ? {} : undefined;
  const isSame = segment.startsWith(before) && segment.endsWith(after);
  const value = segment.slice(before.length, segment.length - after.length);
  return isSame && value !== "" ? { [name]: value } : undefined;
};

const valuesIn = (path: string, template: string): Readonly<Record<string, string>> | undefined => {
  const [segments, templates] = [path.split("/"), template.split("/")];
  if (segments.length !== templates.length) return undefined;
  const values = segments.map((segment, index) => valueIn(segment, templates[index] ?? ""));
  return values.includes(undefined) ? undefined : Object.assign({}, ...values);
};

const operationIn = (schema: ApiSchema, method: string, path: string) => {
  // `https://discord.com/api/v10`; `https://{hostname}` is not a URL.
  const base = (schema.servers[0]?.url ?? "").replace(/^https?:\/\/[^/]*/, "").replace(/\/$/, "");
  for (const [template, operations] of Object.entries(schema.paths)) {
    const operation = operations[method.toLowerCase()];
    const values = valuesIn(path === "" ? "/" : path, base + template);
    if (operation !== undefined && values !== undefined) return { operation, values };
  }
  return undefined;
};

/** A name that is given several times, or ends in `[]`, has a list. */
const listed = (entries: Iterable<[string, string | File]>): Readonly<Record<string, unknown>> => {
  const values: Record<string, unknown> = {};
  for (const [given, value] of entries) {
    const name = given.replace(/\[\]$/, "");
    const before = values[name];
    if (before === undefined) values[name] = given === name ? value : [value];
    else values[name] = [before, value].flat();
  }
  return values;
};

const mediaTypeOf = (c: Context<SandboxEnv>): string =>
  (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

const isOfType = (type: string, pattern: string): boolean =>
  pattern === "*/*" || pattern === type || (pattern.endsWith("/*") && type.startsWith(pattern.slice(0, -1)));

type Body = { readonly isForm: boolean; readonly value: unknown } | "unreadable";

const parsedBody = async (c: Context<SandboxEnv>, type: string): Promise<Body> => {
  try {
    if (type === "application/json") return { isForm: false, value: await c.req.json() };
    return { isForm: true, value: listed(await c.req.formData()) };
  } catch {
    return "unreadable";
  }
};

/** Checks requests by a schema. It is compiled request by request, when the first of its kind comes. */
export const requestCheck = (schema: ApiSchema, formats: Formats = {}): RequestCheck => {
  /** Checks values by schemas, each of which is compiled once. */
  const checkWith = (coerceTypes: false | "array") => {
    // OpenAPI documents have keywords and formats of their own.
    const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false, coerceTypes });
    addFormats(ajv, formats);
    ajv.addSchema(definitionsOf(schema));
    const compiled = new Map<Schema, ValidateFunction>();
    return (place: Violation["place"], given: Schema, value: unknown): Violation | undefined => {
      const isValid = compiled.get(given) ?? ajv.compile(whole(given));
      compiled.set(given, isValid);
      return isValid(value) ? undefined : firstOf(isValid.errors ?? [], place);
    };
  };
  const exact = checkWith(false);
  /** For what is text on its way: a number in a path or in a form. */
  const coercing = checkWith("array");

  const parameterSchemas = new Map<Operation, Readonly<Record<"path" | "query" | "header", Schema>>>();
  const parametersOf = (operation: Operation) => {
    const known = parameterSchemas.get(operation);
    if (known !== undefined) return known;
    const { parameters = [] } = operation;
    const inPlace = (place: string, nameOf = (name: string) => name): Schema => {
      const own = parameters.filter((parameter) => parameter.in === place);
      return {
        type: "object",
        properties: Object.fromEntries(own.map((parameter) => [nameOf(parameter.name), parameter.schema])),
        required: own.filter(({ required }) => required).map(({ name }) => nameOf(name)),
      };
    };
    const header = { ...inPlace("header", (name) => name.toLowerCase()), additionalProperties: true };
    const made = { path: inPlace("path"), query: inPlace("query"), header };
    parameterSchemas.set(operation, made);
    return made;
  };

  const bodyViolation = async (c: Context<SandboxEnv>, { requestBody }: Operation): Promise<Violation | undefined> => {
    const violation = (keyword: string, message: string): Violation => ({ place: "body", path: [], keyword, message });
    // The bytes come first: what is read as text cannot be read as bytes again.
    const { byteLength } = await c.req.arrayBuffer();
    if (byteLength === 0) return requestBody?.required ? violation("required", "is required") : undefined;
    if (requestBody === undefined) return violation("media-type", "must be empty");
    const type = mediaTypeOf(c);
    const types = Object.keys(requestBody.content);
    const pattern = types.find((one) => isOfType(type, one));
    if (pattern === undefined) return violation("media-type", `must be ${types.join(" or ")}`);
    const given = requestBody.content[pattern]?.schema;
    if (given === undefined) return undefined;
    const body = await parsedBody(c, type);
    if (body === "unreadable") return violation("media-type", `cannot be read as ${type}`);
    return (body.isForm ? coercing : exact)("body", given, body.value);
  };

  return {
    request: async (c, path) => {
      const found = operationIn(schema, c.req.method, path);
      if (found === undefined) return "absent";
      const { operation, values } = found;
      const parameters = parametersOf(operation);
      const pathValues = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, decodePercent(value)]),
      );
      return (
        coercing("path", parameters.path, pathValues) ??
        coercing("query", parameters.query, listed(new URL(c.req.url).searchParams)) ??
        coercing("header", parameters.header, Object.fromEntries(c.req.raw.headers)) ??
        bodyViolation(c, operation)
      );
    },
    value: (name, value) => {
      const known = schema.components.schemas[name];
      if (known === undefined) throw new Error(`the schema has no ${name}`);
      return exact("body", known, value);
    },
  };
};
