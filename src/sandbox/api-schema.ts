import { isRecord } from "../domain/json-value.ts";

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  /** `path`, `query` or `header`. */
  readonly in: string;
  readonly required?: boolean | undefined;
  readonly schema: Schema;
}

/** One request of an API, as OpenAPI describes it. */
export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean | undefined;
    /** By media type. Without a schema: any bytes. */
    readonly content: Readonly<Record<string, { readonly schema?: Schema }>>;
  };
}

/** The requests of a network's API: the parts of an OpenAPI document (3.0 or 3.1) that say which are valid. */
export interface ApiSchema {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const prefix = "#/components/schemas/";
/** The names of the same schema where it is a whole value, and where it is a part of one. */
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
        return [key, refTo(nameOf(String(value).slice(prefix.length)))];
      case "properties":
      case "patternProperties":
        return [key, mapSchemas(value, whole)];
      case "items":
      case "additionalProperties":
        return [key, isRecord(value) ? whole(value) : value];
      case "prefixItems":
        return [key, listSchemas(value, whole)];
      case "oneOf":
      case "anyOf":
        return [key, listSchemas(value, alternative)];
      case "allOf":
        return [key, listSchemas(value, part)];
      case "if":
      case "then":
      case "else":
      case "contains":
        return [key, isRecord(value) ? part(value) : value];
      default:
        return [key, value];
    }
  });
  return Object.fromEntries(changed);
};

/** A file of a form is an object for JSON Schema, where OpenAPI calls it a string. */
const withFiles = (schema: Schema): Schema => (schema.format === "binary" ? { isFile: true } : schema);

const part = (schema: Schema): Schema => withFiles(withSubschemas(schema, part, partName));

/**
 * The same schema without fields that it does not name. Most networks ignore these: they are mistakes, misspelt names most
 * of all. An object that names none may have any.
 */
export const whole = (schema: Schema): Schema => {
  const namesFields = "properties" in schema || "allOf" in schema;
  const saysOthers = "additionalProperties" in schema || "unevaluatedProperties" in schema;
  if (!namesFields) return withFiles(withSubschemas(schema, whole, wholeName));
  return { ...part(schema), ...(!saysOthers && { unevaluatedProperties: false }) };
};

/** The named schemas of an API, in a document that the results of `whole` refer to. */
export const definitionsOf = ({ components: { schemas } }: ApiSchema): Schema => ({
  $id: "api",
  $defs: Object.fromEntries(
    Object.entries(schemas).flatMap(([name, schema]) => [
      [wholeName(name), whole(schema)],
      [partName(name), part(schema)],
    ]),
  ),
});
