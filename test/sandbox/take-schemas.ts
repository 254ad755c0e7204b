import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";

/**
 * `node test/sandbox/take-schemas.ts FOLDER`: takes from what networks publish the requests that the sandbox emulates, with
 * all that these refer to, and writes them to src/sandbox/schemas/ as OpenAPI documents. src/sandbox/schemas/SOURCES.md says
 * which files FOLDER has, and where they are from.
 */

type Fields = Readonly<Record<string, unknown>>;

const record = z.record(z.string(), z.unknown());
const fieldsOf = (value: unknown): Fields => record.safeParse(value).data ?? {};

const [from] = process.argv.slice(2);
if (from === undefined) throw new Error("Name the folder with the networks' own files.");
const read = async (file: string): Promise<Fields> =>
  record.parse(JSON.parse(await readFile(join(from, file), "utf8")));

const to = join(import.meta.dirname, "../../src/sandbox/schemas");
const write = async (network: string, document: object): Promise<void> => {
  await mkdir(to, { recursive: true });
  await writeFile(join(to, `${network}.json`), `${JSON.stringify(document, null, 2)}\n`);
};

/** These keys do not affect which requests are valid. */
const prose = new Set([
  "description",
  "summary",
  "title",
  "example",
  "examples",
  "externalDocs",
  "default",
  "deprecated",
]);
/** Their keys are names of the API. */
const maps = new Set(["properties", "patternProperties"]);

const withoutProse = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutProse);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) => {
      if (prose.has(key) || key.startsWith("x-")) return [];
      if (key === "enum" || key === "const" || key === "required") return [[key, value]];
      if (!maps.has(key)) return [[key, withoutProse(value)]];
      return [
        [key, Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, one]) => [name, withoutProse(one)]))],
      ];
    }),
  );
};

const prefix = "#/components/schemas/";
const refsIn = (value: unknown): readonly string[] =>
  [...JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? "");

/** The named schemas, with all that they refer to. */
const reachable = (roots: unknown, schemaOf: (name: string) => unknown): Fields => {
  const found = new Map<string, unknown>();
  const visit = (value: unknown): void => {
    for (const name of refsIn(value)) {
      if (found.has(name)) continue;
      const schema = withoutProse(schemaOf(name));
      found.set(name, schema);
      visit(schema);
    }
  };
  visit(roots);
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

interface Wanted {
  readonly path: string;
  readonly methods: readonly string[];
}

const parameterOf = (given: unknown, document: Fields): Fields => {
  const parameter = fieldsOf(given);
  const reference = typeof parameter.$ref === "string" ? parameter.$ref.split("/").slice(1) : undefined;
  const {
    name,
    in: place,
    required,
    schema,
  } = fieldsOf(
    reference === undefined ? parameter : reference.reduce<unknown>((value, key) => fieldsOf(value)[key], document),
  );
  // Mastodon's is generated, and says that the key in this header is an object.
  const corrected = name === "Idempotency-Key" ? { type: "string" } : schema;
  return { name, in: place, ...(required === true && { required }), schema: withoutProse(corrected) };
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Returns some operations of an OpenAPI document without their answers. */
const excerpt = (document: Fields, wanted: readonly Wanted[], mediaTypes: readonly string[]): object => {
  const { title, version, license } = fieldsOf(document.info);
  const paths = wanted.map(({ path, methods }) => {
    const item = fieldsOf(fieldsOf(document.paths)[path]);
    const operations = methods.map((method) => {
      const operation = fieldsOf(item[method]);
      if (operation.operationId === undefined) throw new Error(`there is no ${method} ${path}`);
      const { required, content } = fieldsOf(operation.requestBody);
      const taken = Object.entries(fieldsOf(content))
        .filter(([type]) => mediaTypes.includes(type))
        .map(([type, one]) => [type, { schema: withoutProse(fieldsOf(one).schema) }]);
      const parameters = [...listOf(item.parameters), ...listOf(operation.parameters)];
      return [
        method,
        {
          operationId: operation.operationId,
          ...(parameters.length > 0 && { parameters: parameters.map((one) => parameterOf(one, document)) }),
          ...(taken.length > 0 && {
            requestBody: { ...(required === true && { required }), content: Object.fromEntries(taken) },
          }),
        },
      ];
    });
    return [path, Object.fromEntries(operations)];
  });
  const all = Object.fromEntries(paths);
  return {
    openapi: document.openapi,
    info: { title, version, ...(license === undefined ? {} : { license }) },
    servers: listOf(document.servers).map((server) => ({ url: fieldsOf(server).url })),
    paths: all,
    components: { schemas: reachable(all, (name) => fieldsOf(fieldsOf(document.components).schemas)[name]) },
  };
};

/** `app.bsky.feed.post#replyRef` as `app.bsky.feed.post.replyRef`. */
const lexiconName = (ref: string, nsid: string): string =>
  (ref.startsWith("#") ? nsid + ref : ref)
    .replace(/^lex:/, "")
    .replace(/#main$/, "")
    .replace("#", ".");

const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** Keywords of JSON Schema: an object with a `then` of its own could be taken for a promise. */
const [condition, consequence] = ["if", "then"] as const;

const cid = { type: "string", format: "atproto-cid" };

/** Returns one type of a lexicon (atproto.com/specs/lexicon) as JSON Schema. Its lengths are in UTF-8 bytes. */
const lexiconSchema = (given: unknown, nsid: string): Fields => {
  const type = fieldsOf(given);
  switch (type.type) {
    case "object": {
      const nullable = listOf(type.nullable);
      const properties = Object.entries(fieldsOf(type.properties)).map(([name, one]) => {
        const schema = lexiconSchema(one, nsid);
        return [name, nullable.includes(name) ? { anyOf: [schema, { type: "null" }] } : schema];
      });
      return present({ type: "object", required: type.required, properties: Object.fromEntries(properties) });
    }
    case "string":
      return present({
        type: "string",
        minBytes: type.minLength,
        maxBytes: type.maxLength,
        maxGraphemes: type.maxGraphemes,
        format: type.format === undefined ? undefined : `atproto-${type.format}`,
        enum: type.enum,
        const: type.const,
      });
    case "integer":
      return present({ type: "integer", minimum: type.minimum, maximum: type.maximum, enum: type.enum });
    case "boolean":
      return present({ type: "boolean", const: type.const });
    case "array":
      return present({
        type: "array",
        items: lexiconSchema(type.items, nsid),
        minItems: type.minLength,
        maxItems: type.maxLength,
      });
    case "ref":
      return { $ref: prefix + lexiconName(String(type.ref), nsid) };
    case "union": {
      const refs = listOf(type.refs).map((ref) => {
        const name = lexiconName(String(ref), nsid);
        const [whole = ""] = String(ref).replace(/^lex:/, "").split("#main");
        return { name, type: whole.startsWith("#") ? nsid + whole : whole };
      });
      return {
        type: "object",
        required: ["$type"],
        properties: { $type: { enum: refs.map((ref) => ref.type) } },
        allOf: refs.map((ref) => ({
          [condition]: { properties: { $type: { const: ref.type } } },
          [consequence]: { $ref: prefix + ref.name },
        })),
      };
    }
    case "blob":
      return {
        type: "object",
        required: ["$type", "ref", "mimeType", "size"],
        properties: {
          $type: { const: "blob" },
          ref: { type: "object", required: ["$link"], properties: { $link: cid } },
          mimeType: present({
            type: "string",
            pattern: Array.isArray(type.accept)
              ? `^(?:${type.accept.map((accepted) => String(accepted).replaceAll("*", ".+")).join("|")})$`
              : undefined,
          }),
          size: present({ type: "integer", minimum: 0, maximum: type.maxSize }),
        },
      };
    case "record": {
      const schema = lexiconSchema(type.record, nsid);
      return {
        ...schema,
        required: ["$type", ...listOf(schema.required)],
        properties: { $type: { const: nsid }, ...fieldsOf(schema.properties) },
      };
    }
    case "unknown":
      return { type: "object" };
    default:
      throw new Error(`${nsid}: a type that is not known: ${JSON.stringify(given)}`);
  }
};

const takeLexicons = (lexicons: readonly Fields[], version: string, methods: readonly string[]): object => {
  const defs = new Map<string, Fields>(
    lexicons.flatMap(({ id, defs: own }) =>
      Object.entries(fieldsOf(own)).map(([name, def]) => [lexiconName(`${id}#${name}`, ""), { nsid: String(id), def }]),
    ),
  );
  const paths = Object.fromEntries(
    methods.map((nsid) => {
      const { type, input, parameters } = fieldsOf(defs.get(nsid)?.def);
      const { encoding, schema } = fieldsOf(input);
      const { properties, required } = fieldsOf(parameters);
      const query = Object.entries(fieldsOf(properties)).map(([name, one]) => ({
        name,
        in: "query",
        ...(listOf(required).includes(name) && { required: true }),
        schema: lexiconSchema(one, nsid),
      }));
      const body = schema === undefined ? {} : { schema: lexiconSchema(schema, nsid) };
      const operation = {
        operationId: nsid,
        ...(query.length > 0 && { parameters: query }),
        ...(encoding !== undefined && { requestBody: { required: true, content: { [String(encoding)]: body } } }),
      };
      return [`/xrpc/${nsid}`, { [type === "query" ? "get" : "post"]: operation }];
    }),
  );
  const schemaOf = (name: string): unknown => {
    const { nsid, def } = fieldsOf(defs.get(name));
    return lexiconSchema(def, String(nsid));
  };
  const document = {
    openapi: "3.1.0",
    info: { title: "AT Protocol, its lexicons", version, license: { name: "MIT" } },
    servers: [{ url: "https://bsky.social" }],
    paths,
  };
  // A server checks the record by the lexicon of its collection.
  const text = JSON.stringify(document).replace(
    '"record":{"type":"object"}',
    `"record":{"$ref":"${prefix}app.bsky.feed.post"}`,
  );
  const whole = record.parse(JSON.parse(text));
  return { ...whole, components: { schemas: reachable(whole, schemaOf) } };
};

await write(
  "x",
  excerpt(
    await read("x-openapi.json"),
    [
      { path: "/2/tweets", methods: ["post"] },
      { path: "/2/tweets/{id}", methods: ["delete"] },
      { path: "/2/media/upload", methods: ["post"] },
      { path: "/2/media/metadata", methods: ["post"] },
    ],
    ["application/json"],
  ),
);
await write(
  "mastodon",
  excerpt(
    await read("mastodon-openapi.json"),
    [
      { path: "/api/v1/statuses", methods: ["post"] },
      { path: "/api/v1/statuses/{id}", methods: ["get", "put", "delete"] },
      { path: "/api/v1/accounts/verify_credentials", methods: ["get"] },
      { path: "/api/v1/accounts/{id}/statuses", methods: ["get"] },
      { path: "/api/v2/instance", methods: ["get"] },
      { path: "/api/v2/media", methods: ["post"] },
      { path: "/api/v1/media/{id}", methods: ["get"] },
    ],
    ["application/json", "multipart/form-data"],
  ),
);
await write(
  "discord",
  excerpt(
    await read("discord-openapi.json"),
    [
      { path: "/webhooks/{webhook_id}/{webhook_token}", methods: ["get", "post"] },
      { path: "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", methods: ["patch", "delete"] },
    ],
    ["application/json"],
  ),
);
const { version, lexicons } = await read("lexicons.json");
await write(
  "bluesky",
  takeLexicons(listOf(lexicons).map(fieldsOf), String(version), [
    "com.atproto.server.createSession",
    "com.atproto.server.refreshSession",
    "com.atproto.server.getSession",
    "com.atproto.repo.putRecord",
    "com.atproto.repo.getRecord",
    "com.atproto.repo.deleteRecord",
    "com.atproto.repo.uploadBlob",
    "com.atproto.sync.getBlob",
    "com.atproto.identity.resolveHandle",
  ]),
);
