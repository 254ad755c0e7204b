import fc from "fast-check";
import * as z from "zod";

/** Requests that are derived from the description of the API: what it allows, and what it forbids. */

const json = z.record(z.string(), z.unknown());
const schema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  pattern: z.string().optional(),
  properties: z.record(z.string(), json).optional(),
  required: z.array(z.string()).optional(),
});
const parameter = z.looseObject({ name: z.string(), in: z.string(), required: z.boolean(), schema });
const reference = z.object({ $ref: z.string() });
const content = z.record(z.string(), z.looseObject({ schema }));
const operation = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()).optional(),
  parameters: z.array(z.union([reference, parameter])),
  requestBody: z.object({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string(), z.unknown()),
});
export const description = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({ parameters: z.record(z.string(), parameter) }),
});

type Parameter = z.output<typeof parameter>;

export interface ApiOperation extends Omit<z.output<typeof operation>, "parameters"> {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
}

/** The operations that the web app answers: an export is made by the server of one machine. */
export const operationsOf = (text: string): readonly ApiOperation[] => {
  const { paths, components } = description.parse(JSON.parse(text));
  const resolve = (one: z.output<typeof reference> | Parameter): Parameter => {
    const named = "$ref" in one ? components.parameters[String(one.$ref).split("/").at(-1) ?? ""] : one;
    return parameter.parse(named);
  };
  return Object.entries(paths)
    .filter(([path]) => path !== "/api/export")
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => ({
        ...one,
        method: method.toUpperCase(),
        path,
        parameters: one.parameters.map(resolve),
      })),
    );
};

export interface ApiRequest {
  readonly operation: ApiOperation;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** What the description forbids about it, and the status of the answer. */
  readonly forbidden?: { readonly what: string; readonly statuses: readonly number[] };
}

/** Names and ids that exist, or nearly do. `ID` and `ETAG` stand for those of the moment at which it is sent. */
const names = [
  "one",
  "two",
  "three",
  "four",
  "ja/five",
  "six",
  "2019/same",
  "2022/same",
  "same",
  "broken",
  "about",
  "ID",
];
const oddNames = [
  "",
  "/",
  "...",
  "%",
  "a".repeat(300),
  "こんにちは",
  "https://blog.example.com/one/",
  "one?x",
  "\u0000",
  "__proto__",
];

/** No client can send these as a part of a path: URLs are resolved. */
const isDots = (name: string): boolean => name === "." || name === "..";

const anyName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  { weight: 2, arbitrary: fc.nat(1_000).map((number) => `new-${number}`) },
  { weight: 1, arbitrary: fc.constantFrom(...oddNames.filter((name) => name !== "")) },
  {
    weight: 1,
    arbitrary: fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter((name) => !isDots(name)),
  },
);

const anyTag = fc.oneof(
  fc.constant('"ETAG"'),
  fc.constant('"x", "ETAG"'),
  fc.constant("*"),
  fc.stringMatching(/^"[a-z0-9.-]{0,20}"$/),
);

const anyDocument = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({
        title: fc.constantFrom("A title", "Another", "Für alle", "<b>bold</b>"),
        date: fc.constantFrom("2026-03-01", "2026-03-01T07:00:00Z", "2027-01-01"),
        draft: fc.constantFrom(undefined, true),
        socialShare: fc.constantFrom(undefined, false, "A text"),
        layout: fc.constantFrom(undefined, undefined, undefined, "page"),
      })
      .map((fields) => `---\n${JSON.stringify(fields)}\n---\nWords.\n`),
  },
  { weight: 1, arbitrary: fc.constant("---\ntype: article\n---\nNo title.") },
  { weight: 1, arbitrary: fc.string({ maxLength: 200, unit: "binary" }) },
);

/** A value that a schema of the description allows. */
const anyOfSchema = ({
  enum: values,
  type,
  minimum = -10,
  maximum = 10,
  minLength = 0,
  maxLength = Number.POSITIVE_INFINITY,
  pattern = "",
  properties = {},
  required = [],
}: z.output<typeof schema>): fc.Arbitrary<unknown> => {
  if (values !== undefined) return fc.constantFrom(...values);
  if (type === "object")
    return fc.record(
      Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, anyOfSchema(schema.parse(one))])),
      { requiredKeys: [...required] },
    );
  if (type === "string")
    return fc
      .oneof(anyName, fc.string({ maxLength: 20 }))
      .filter((one) => one.length >= minLength && one.length <= maxLength && new RegExp(pattern, "u").test(one));
  if (type === "integer")
    return fc.oneof(
      fc.integer({ min: Math.max(minimum, 0), max: Math.min(maximum, 3) }),
      fc.maxSafeInteger().filter((number) => number >= minimum && number <= maximum),
    );
  throw new Error(`the fuzzer does not know the type ${type}: teach it to anyOfSchema`);
};

const parameterValue = (one: Parameter): fc.Arbitrary<string> => {
  if (one.name === "site") return fc.constant("blog");
  if (one.name === "If-Match" || (one.name === "If-None-Match" && one.schema.enum === undefined)) return anyTag;
  return one.in === "path" ? anyName : anyOfSchema(one.schema).map(String);
};

type Parts = {
  readonly values: Readonly<Record<string, string>>;
  readonly body: { readonly type: string; readonly text: string } | undefined;
};

const key = ({ in: place, name }: Parameter): string => `${place} ${name}`;

const bodyOf = ({ requestBody }: ApiOperation): fc.Arbitrary<Parts["body"]> => {
  const [content] = Object.entries(requestBody?.content ?? {});
  if (requestBody === undefined || content === undefined) return fc.constant(undefined);
  const [type, { schema: of }] = content;
  const text = type === "text/markdown" ? anyDocument : anyOfSchema(of).map((value) => JSON.stringify(value));
  const body = text.map((one) => ({ type, text: one }));
  return requestBody.required ? body : fc.option(body, { nil: undefined });
};

/** An optional part is there in one of four requests. */
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const allowedParts = (one: ApiOperation): fc.Arbitrary<Parts> => {
  const values = one.parameters.map((each) => {
    const value = parameterValue(each);
    return (each.required ? value : seldom(value)).map((given) => [key(each), given] as const);
  });
  return fc.record({
    values: fc
      .tuple(...values)
      .map((all) =>
        Object.fromEntries(all.flatMap(([at, given]) => (given === undefined ? [] : [[at, given] as const]))),
      ),
    body: bodyOf(one),
  });
};

const toRequest = (one: ApiOperation, { values, body }: Parts): ApiRequest => {
  const named = (place: string) =>
    Object.entries(values).flatMap(([at, value]) =>
      at.startsWith(`${place} `) ? [[at.slice(place.length + 1), value] as const] : [],
    );
  const path = one.path.replace(/\{(\w+)\}/, (_, name: string) => encodeURIComponent(values[`path ${name}`] ?? ""));
  const query = new URLSearchParams(Object.fromEntries(named("query"))).toString();
  return {
    operation: one,
    method: one.method,
    path: query === "" ? path : `${path}?${query}`,
    headers: {
      ...(one.security?.length !== 0 && { Authorization: "Bearer TOKEN" }),
      ...(body !== undefined && { "Content-Type": body.type }),
      ...Object.fromEntries(named("header")),
    },
    body: body?.text,
  };
};

const withQuery = (request: ApiRequest, name: string, value: string): string =>
  `${request.path}${request.path.includes("?") ? "&" : "?"}${new URLSearchParams([[name, value]])}`;

/** Changes of a request that the description forbids. */
const mutations: readonly ((request: ApiRequest) => ApiRequest | undefined)[] = [
  (request) => ({
    ...request,
    path: withQuery(request, "colour", "red"),
    forbidden: { what: "an unknown parameter", statuses: [400] },
  }),
  (request) => ({
    ...request,
    path: withQuery({ ...request, path: request.path.replace(/site=[^&]*&?/, "") }, "site", "nowhere"),
    forbidden: { what: "an unknown site", statuses: [404] },
  }),
  (request) => {
    const closed = request.operation.parameters.find((one) => one.in === "query" && one.schema.enum !== undefined);
    if (closed === undefined) return undefined;
    const path = `${request.path.split("?")[0]}?${closed.name}=perhaps`;
    return { ...request, path, forbidden: { what: "a value that is not listed", statuses: [400] } };
  },
  (request) => {
    if (!request.operation.parameters.some(({ in: place, required }) => place === "query" && required))
      return undefined;
    return {
      ...request,
      path: request.path.split("?")[0] ?? "",
      forbidden: { what: "a missing parameter", statuses: [400] },
    };
  },
  (request) => {
    const takesJson = request.operation.requestBody?.content["application/json"] !== undefined;
    const type = takesJson ? "text/plain" : "application/json";
    if (request.method === "GET") return undefined;
    const headers = { ...request.headers, "Content-Type": type };
    return { ...request, headers, body: '{"as":1}', forbidden: { what: "a body of another type", statuses: [415] } };
  },
  (request) => {
    if (request.operation.requestBody?.content["application/json"] === undefined) return undefined;
    const headers = { ...request.headers, "Content-Type": "application/json" };
    const path = request.path.split("?")[0] ?? "";
    return {
      ...request,
      headers,
      path,
      body: '{"as":"posted","by":"me"}',
      forbidden: { what: "a field that is not in the schema", statuses: [400] },
    };
  },
  (request) => {
    if (!request.operation.parameters.some(({ name }) => name === "If-Match")) return undefined;
    const { "If-None-Match": _, ...rest } = request.headers;
    return {
      ...request,
      headers: { ...rest, "If-Match": "unquoted" },
      forbidden: { what: "an If-Match without quotes", statuses: [400] },
    };
  },
  (request) => ({
    ...request,
    headers: { ...request.headers, Authorization: "Bearer wrong" },
    forbidden: { what: "another token", statuses: [401] },
  }),
  (request) => {
    const { Authorization: _, ...headers } = request.headers;
    return { ...request, headers, forbidden: { what: "no token", statuses: [401] } };
  },
  (request) => ({
    ...request,
    method: "PATCH",
    body: undefined,
    forbidden: { what: "another method", statuses: [405] },
  }),
  (request) => ({
    ...request,
    path: `/api/unknown${request.path}`,
    forbidden: { what: "an unknown operation", statuses: [404] },
  }),
];

/** A request to any of these operations: two of three are allowed. Documents are sent more often than others. */
export const anyRequest = (operations: readonly ApiOperation[]): fc.Arbitrary<ApiRequest> => {
  const often = operations.flatMap((one) => (one.requestBody?.required ? [one, one, one, one] : [one]));
  return fc.constantFrom(...often).chain((one) =>
    fc.tuple(allowedParts(one), fc.nat(), fc.nat(2)).map(([parts, which, kind]) => {
      const request = toRequest(one, parts);
      if (kind > 0 || one.security?.length === 0) return request;
      const possible = mutations.flatMap((mutate) => mutate(request) ?? []);
      return possible[which % possible.length] ?? request;
    }),
  );
};

/** A field that the operation requires in its query or its body may be in neither: the description says so in words. */
const lacksField = ({ operation: { requestBody }, path, body }: ApiRequest): boolean => {
  const required = requestBody?.content["application/json"]?.schema.required ?? [];
  const given = new URLSearchParams(path.split("?")[1]);
  return body === undefined && required.some((name) => !given.has(name));
};

/**
 * Combinations that the description explains in words: a cursor that no answer gave, `post` or `all`, two headers or two
 * lists at once, and a field in the query or the body.
 */
export const canBeRefused = (request: ApiRequest): boolean => {
  const { operation, path, headers } = request;
  return (
    /[?&]from=/.test(path) ||
    operation.operationId.endsWith("Many") ||
    lacksField(request) ||
    ("If-Match" in headers && "If-None-Match" in headers) ||
    (operation.operationId === "list" && path.includes("="))
  );
};
