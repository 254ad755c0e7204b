import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Context } from "hono";
import * as z from "zod";
import { decodePercent } from "../domain/address.ts";
import { isRecord } from "../domain/json-value.ts";
import { byteCount, graphemeCount } from "./sandbox-text.ts";

/** The reason why a schema does not allow a request. */
export interface Violation {
  readonly location: "path" | "query" | "header" | "body";
  /** The names and indices that lead to the field. Empty for the whole value. */
  readonly path: readonly string[];
  /** The keyword of JSON Schema, `unknown` for a field that the schema lacks, or `media-type` for another type of body. */
  readonly keyword: string;
  /** The limit of a length, a number of entries or a value, if that is the reason. */
  readonly limit?: number;
  /** Follows the name of the field: `must be string`. */
  readonly message: string;
}

export interface RequestCheck {
  /** Checks a request. `absent`: the API has no such request. `path` is relative to the address of the API. */
  request(c: Context, path: string): Promise<Violation | "absent" | undefined>;
  /** Checks a value by the schema with this name. */
  value(name: string, value: unknown): Violation | undefined;
}

const pathOf = ({ instancePath }: ErrorObject): readonly string[] =>
  instancePath
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));

const toViolation = (error: ErrorObject, location: Violation["location"]): Violation => {
  const { keyword, params, message = "is not valid" } = error;
  const path = pathOf(error);
  if (keyword === "required")
    return { location, path: [...path, String(params.missingProperty)], keyword, message: "is required" };
  const unknown = params.unevaluatedProperty ?? params.additionalProperty;
  if (unknown !== undefined)
    return { location, path: [...path, String(unknown)], keyword: "unknown", message: "is not in the schema" };
  return { location, path, keyword, message, ...(typeof params.limit === "number" && { limit: params.limit }) };
};

/** The keywords that name no cause: one of several alternatives, or a condition, failed. */
const vague = new Set(["anyOf", "oneOf", "if", "not"]);
/** The keywords by which an alternative fails that is meant for other values. */
const ofAlternatives = new Set(["type", "const", "enum", "isFile", "unevaluatedProperties"]);

const vagueness = ({ keyword }: ErrorObject): number => {
  if (vague.has(keyword)) return 2;
  return ofAlternatives.has(keyword) ? 1 : 0;
};

/** The deepest error, which belongs to the alternative that fits best. Of several, one that all alternatives have. */
const mainViolation = (errors: readonly ErrorObject[], location: Violation["location"]): Violation | undefined => {
  const found = errors.map((error) => ({
    error,
    depth: pathOf(error).length,
    identity: JSON.stringify([error.instancePath, error.keyword, error.params]),
  }));
  const times = (identity: string): number => found.filter((one) => one.identity === identity).length;
  const [first] = found.toSorted(
    (a, b) => b.depth - a.depth || times(b.identity) - times(a.identity) || vagueness(a.error) - vagueness(b.error),
  );
  return first && toViolation(first.error, location);
};

/** The value in a segment of a path for the name in its template (`bot{token}`). Undefined if the segment does not match. */
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
  // Only the path counts. `https://{hostname}` is not a URL, so it is not parsed as one.
  const base = (schema.servers[0]?.url ?? "").replace(/^https?:\/\/[^/]*/, "").replace(/\/$/, "");
  for (const [template, operations] of Object.entries(schema.paths)) {
    const operation = operations[method.toLowerCase()];
    const values = valuesIn(path === "" ? "/" : path, base + template);
    if (operation !== undefined && values !== undefined) return { operation, values };
  }
  return undefined;
};

/** True if the API has a request at this path, which is relative to its address. */
export const hasRequest = (schema: ApiSchema, method: string, path: string): boolean =>
  operationIn(schema, method, path) !== undefined;

/** Collects values by name. A name that occurs several times, or ends in `[]`, has a list. */
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

const mediaTypeOf = (c: Context): string =>
  (c.req.header("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

const isOfType = (type: string, pattern: string): boolean =>
  pattern === "*/*" || pattern === type || (pattern.endsWith("/*") && type.startsWith(pattern.slice(0, -1)));

type Body = { readonly isForm: boolean; readonly value: unknown } | "unreadable";

const parsedBody = async (c: Context, type: string): Promise<Body> => {
  try {
    if (type === "application/json") return { isForm: false, value: await c.req.json() };
    return { isForm: true, value: listed(await c.req.formData()) };
  } catch {
    return "unreadable";
  }
};

/** The schema of the object that has all parameters in one part of a request. */
const parametersIn = (parameters: readonly Parameter[], location: string, nameOf = (name: string) => name): Schema => {
  const own = parameters.filter((parameter) => parameter.in === location);
  return {
    type: "object",
    properties: Object.fromEntries(own.map((parameter) => [nameOf(parameter.name), parameter.schema])),
    required: own.filter(({ required }) => required).map(({ name }) => nameOf(name)),
  };
};

type CheckValue = (location: Violation["location"], schema: Schema, value: unknown) => Violation | undefined;

/** Checks values by schemas, each of which is compiled once. */
const valueCheck = (schema: ApiSchema, formats: Formats, coerceTypes: false | "array"): CheckValue => {
  // OpenAPI documents have their own keywords and formats.
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false, coerceTypes });
  addFormats(ajv, formats);
  ajv.addSchema(definitionsOf(schema));
  const compiled = new Map<Schema, ValidateFunction>();
  return (location, given, value) => {
    const isValid = compiled.get(given) ?? ajv.compile(wholeSchema(given));
    compiled.set(given, isValid);
    return isValid(value) ? undefined : mainViolation(isValid.errors ?? [], location);
  };
};

/** The schemas of an operation's parameters. They are made once, because each of them is compiled once. */
const parameterSchemas = () => {
  const all = new Map<Operation, Readonly<Record<"path" | "query" | "header", Schema>>>();
  return (operation: Operation) => {
    const known = all.get(operation);
    if (known !== undefined) return known;
    const { parameters = [] } = operation;
    const header = { ...parametersIn(parameters, "header", (name) => name.toLowerCase()), additionalProperties: true };
    const made = { path: parametersIn(parameters, "path"), query: parametersIn(parameters, "query"), header };
    all.set(operation, made);
    return made;
  };
};

const bodyViolation = (keyword: string, message: string): Violation => ({
  location: "body",
  path: [],
  keyword,
  message,
});

const checkBody = async (
  c: Context,
  { requestBody }: Operation,
  { exact, coercing }: { readonly exact: CheckValue; readonly coercing: CheckValue },
): Promise<Violation | undefined> => {
  // The bytes are read first: a body that was read as text cannot be read as bytes again.
  const { byteLength } = await c.req.arrayBuffer();
  if (byteLength === 0) return requestBody?.required ? bodyViolation("required", "is required") : undefined;
  if (requestBody === undefined) return bodyViolation("media-type", "must be empty");
  const type = mediaTypeOf(c);
  const types = Object.keys(requestBody.content);
  const pattern = types.find((one) => isOfType(type, one));
  if (pattern === undefined) return bodyViolation("media-type", `must be ${types.join(" or ")}`);
  const given = requestBody.content[pattern]?.schema;
  if (given === undefined) return undefined;
  const body = await parsedBody(c, type);
  if (body === "unreadable") return bodyViolation("media-type", `cannot be read as ${type}`);
  return (body.isForm ? coercing : exact)("body", given, body.value);
};

/** Checks requests by a schema. The schema of each request is compiled when the first of its kind arrives. */
export const requestCheck = (schema: ApiSchema, formats: Formats = {}): RequestCheck => {
  const [mistake] = schemaMistakes(schema);
  if (mistake !== undefined) throw new Error(`The schema of an emulated network has a mistake: ${mistake}`);
  const exact = valueCheck(schema, formats, false);
  /** Checks values that are transferred as text: a number in a path or in a form. */
  const coercing = valueCheck(schema, formats, "array");
  const schemasOf = parameterSchemas();
  return {
    request: async (c, path) => {
      const found = operationIn(schema, c.req.method, path);
      if (found === undefined) return "absent";
      const { operation, values } = found;
      const parameters = schemasOf(operation);
      const pathValues = Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, decodePercent(value)]),
      );
      return (
        coercing("path", parameters.path, pathValues) ??
        coercing("query", parameters.query, listed(new URL(c.req.url).searchParams)) ??
        coercing("header", parameters.header, Object.fromEntries(c.req.raw.headers)) ??
        checkBody(c, operation, { exact, coercing })
      );
    },
    value: (name, value) => {
      const known = schema.components.schemas[name];
      if (known === undefined) throw new Error(`the schema has no ${name}`);
      return exact("body", known, value);
    },
  };
};

/** A JSON Schema. */
type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  /** The location of the parameter: `path`, `query` or `header`. */
  readonly in: string;
  readonly required?: boolean | undefined;
  readonly schema: Schema;
}

/** One request of an API in OpenAPI. */
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean | undefined;
    /** The schemas by media type. Without a schema, any bytes are allowed. */
    readonly content: Readonly<Record<string, { readonly schema?: Schema }>>;
  };
}

/** The requests of a network's API: the parts of an OpenAPI document (3.0 or 3.1) that say which are valid. */
export interface ApiSchema {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const schemaObject = z.record(z.string(), z.unknown());

const apiSchema = z.object({
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        parameters: z
          .array(z.object({ name: z.string(), in: z.enum(["path", "query", "header"]), schema: schemaObject }))
          .optional(),
        requestBody: z
          .object({ content: z.record(z.string(), z.object({ schema: schemaObject.optional() })) })
          .optional(),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), schemaObject) }),
});

/** The schemas of an API, with the places that a message names. */
const schemasIn = ({ paths, components }: ApiSchema) => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ place: `${method.toUpperCase()} ${path}`, operation })),
  );
  return {
    bodies: operations.flatMap(({ place, operation: { requestBody } }) =>
      Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => ({ place: `${place}, ${type}`, schema })),
    ),
    others: [
      ...operations.flatMap(({ place, operation: { parameters = [] } }) =>
        parameters.map(({ name, schema }) => ({ place: `${place}, ${name}`, schema })),
      ),
      ...Object.entries(components.schemas).map(([name, schema]) => ({ place: name, schema })),
    ],
  };
};

const refsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : refsIn(inner),
  );
};

/** The keywords that say which values an object may have. */
const describing = ["properties", "patternProperties", "additionalProperties", "unevaluatedProperties"];
const alternatives = ["allOf", "anyOf", "oneOf", "enum", "const"];

/** A request with any fields would be valid, however they are misspelt. */
const namesNoFields = (schema: Schema, all: Readonly<Record<string, Schema>>): boolean => {
  if (typeof schema.$ref === "string") {
    const target = all[schema.$ref.slice(schemaPrefix.length)];
    return target !== undefined && namesNoFields(target, all);
  }
  const isObject = schema.type === undefined || schema.type === "object";
  return isObject && ![...describing, ...alternatives].some((keyword) => keyword in schema);
};

const ofSchemas = new Ajv2020({ strict: false, logger: false });

/** The mistakes in the description of an API, each in one line that names its place. */
export const schemaMistakes = (schema: ApiSchema): readonly string[] => {
  const { error } = apiSchema.safeParse(schema);
  if (error !== undefined) return error.issues.map(({ path, message }) => `${path.join(" ")}: ${message}`);
  const named = schema.components.schemas;
  const { bodies, others } = schemasIn(schema);
  return [...bodies, ...others].flatMap(({ place, schema: given = true }) => {
    const missing = refsIn(given).filter((ref) => named[ref.slice(schemaPrefix.length)] === undefined);
    const wrong = ofSchemas.validateSchema(given) === true ? undefined : mainViolation(ofSchemas.errors ?? [], "body");
    const isOpen =
      typeof given === "object" && bodies.some((one) => one.schema === given) && namesNoFields(given, named);
    return [
      ...missing.map((ref) => `${place}: there is no ${ref}`),
      ...(wrong === undefined ? [] : [`${place}: ${wrong.path.join(".")} ${wrong.message}`]),
      ...(isOpen
        ? [`${place}: the body's schema names no fields: add its properties, or additionalProperties: true for any`]
        : []),
    ];
  });
};

const schemaPrefix = "#/components/schemas/";
/** A schema has one name for a whole value, and another one for a part of a value. */
const wholeName = (name: string): string => name;
const partName = (name: string): string => `${name}~part`;
const refTo = (name: string): string => `api#/$defs/${encodeURIComponent(name.replaceAll("~", "~0"))}`;

const mapSchemas = (schemas: unknown, change: (schema: Schema) => Schema): unknown =>
  isRecord(schemas)
    ? Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, isRecord(one) ? change(one) : one]))
    : schemas;
const listSchemas = (schemas: unknown, change: (schema: Schema) => Schema): unknown =>
  Array.isArray(schemas) ? schemas.map((one) => (isRecord(one) ? change(one) : one)) : schemas;

/** The values in an object or a list are whole; the alternatives and conditions of a schema are parts of the same value. */
const withSubschemas = (
  schema: Schema,
  alternative: (schema: Schema) => Schema,
  nameOf: (name: string) => string,
): Schema => {
  const changed = Object.entries(schema).map(([key, value]): [string, unknown] => {
    switch (key) {
      case "$ref":
        return [key, refTo(nameOf(String(value).slice(schemaPrefix.length)))];
      case "properties":
      case "patternProperties":
        return [key, mapSchemas(value, wholeSchema)];
      case "items":
      case "additionalProperties":
        return [key, isRecord(value) ? wholeSchema(value) : value];
      case "prefixItems":
        return [key, listSchemas(value, wholeSchema)];
      case "oneOf":
      case "anyOf":
        return [key, listSchemas(value, alternative)];
      case "allOf":
        return [key, listSchemas(value, partSchema)];
      case "if":
      case "then":
      case "else":
      case "contains":
        return [key, isRecord(value) ? partSchema(value) : value];
      default:
        return [key, value];
    }
  });
  return Object.fromEntries(changed);
};

/** OpenAPI describes a form's file as a string, but it is an object for JSON Schema. */
const withFiles = (schema: Schema): Schema => (schema.format === "binary" ? { isFile: true } : schema);

const partSchema = (schema: Schema): Schema => withFiles(withSubschemas(schema, partSchema, partName));

/**
 * The same schema, which refuses fields that it does not name. Most networks ignore these, but they are mistakes, mostly
 * misspelt names. An object that names no field may have any.
 */
const wholeSchema = (schema: Schema): Schema => {
  const namesFields = "properties" in schema || "allOf" in schema;
  const saysOthers = "additionalProperties" in schema || "unevaluatedProperties" in schema;
  if (!namesFields) return withFiles(withSubschemas(schema, wholeSchema, wholeName));
  return { ...partSchema(schema), ...(!saysOthers && { unevaluatedProperties: false }) };
};

/** The named schemas of an API, in the document that the results of `wholeSchema` refer to. */
const definitionsOf = ({ components: { schemas } }: ApiSchema): Schema => ({
  $id: "api",
  $defs: Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => [
      [wholeName(name), wholeSchema(schema)],
      [partName(name), partSchema(schema)],
    ]),
  ),
});

/** An address in ASCII. It may contain `[` or `|`, which browsers write although RFC 3986 does not allow them in a path. */
const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(text) && URL.parse(text) !== null;

/** Replaces the expression of ajv-formats, whose stack is too small for a picture of several MB. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

/** The texts that each format of strings allows. */
export type Formats = Readonly<Record<string, RegExp | ((text: string) => boolean)>>;

/** Adds the formats and keywords beyond JSON Schema. `own`: the formats of one network. */
const addFormats = (ajv: Ajv2020, own: Formats): void => {
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
