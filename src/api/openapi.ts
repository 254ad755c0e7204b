import * as z from "zod";
import { type Problem, type ProblemStatus, problem, problemTitles } from "../contract/problem.ts";
import { text } from "../contract/values.ts";

/**
 * Makes the description of the API (OpenAPI 3.1) of the list of its operations. It is made when Crier is built, and is
 * the file openapi.json beside this one: a test holds the two equal, and `RECORD=1` writes it.
 */

/** The parts of an operation that the description has. */
interface Described {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly access: "token" | "read-only token" | "anyone" | "machine";
  readonly query?: z.ZodType;
  readonly body?: "document" | "query";
  /** A schema of JSON, or the media type of a file. */
  readonly answer: z.ZodType | string;
  readonly creates?: true;
  readonly problems?: readonly ProblemStatus[];
  readonly takesPreconditions?: true;
}

export interface Example {
  readonly answer: unknown;
  /** The slug or the id in the path. */
  readonly name?: string;
  /** Values of query parameters. */
  readonly query?: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

/** The statuses of problems that every request with a token can get. */
const commonProblems = [400, 401, 404, 413, 415, 500, 503] as const satisfies readonly ProblemStatus[];

const problemExamples: Readonly<Record<ProblemStatus, Omit<Problem, "type" | "title" | "status">>> = {
  400: {
    detail: "GET /api/feeds takes no `colour`: it takes site.",
    instance: "/api/feeds",
    operation: "/api/openapi.json#/paths/~1api~1feeds/get",
    reasons: [
      {
        code: "parameter-unknown",
        field: "colour",
        message: "GET /api/feeds takes no `colour`: it takes site.",
      },
    ],
  },
  401: { detail: "Send the API token as `Authorization: Bearer <token>`." },
  404: { detail: "There is no post with the slug my-pots: take the slug or the path from the list of posts." },
  405: { detail: "/api/feeds allows GET." },
  409: {
    detail: "2 posts have the name reflection: take the path of one, 2019/reflection or 2022/reflection.",
    candidates: ["2019/reflection", "2022/reflection"],
  },
  412: { detail: "The post my-post has changed: read it again, and send the request with its ETag of now." },
  413: {
    detail:
      "A document may have at most 5 MiB, or about 4 MiB where Crier runs on AWS, whose functions take no larger request: link to large material instead of including it, or put the document into the bucket.",
  },
  415: { detail: "Send the document with `Content-Type: text/markdown`." },
  422: {
    detail: "title: It has no title: add `title: …` to the front matter.",
    instance: "/api/posts/bad",
    reasons: [
      { code: "title-missing", field: "title", message: "It has no title: add `title: …` to the front matter." },
    ],
  },
  500: { detail: "This is a fault in Crier; its log has the details. It is safe to repeat the request." },
  503: { detail: "The API's token cannot be read now: try again in some seconds." },
};

const jsonObject = z.record(text, z.unknown());

/** JSON Schema as it is in OpenAPI 3.1, where named schemas are components. */
const asComponents = (schema: unknown): Json =>
  jsonObject.parse(JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')));

/**
 * `readOnly` is about requests in OpenAPI, and not about an array that nobody changes. The format of a moment says what
 * its pattern does.
 */
const withoutNoise = ({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void => {
  delete jsonSchema.readOnly;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
};

/** The schemas of what is sent: `io: "input"` is the JSON, `z.output` the values inside Crier. */
const toSchemas = (schemas: Readonly<Record<string, z.ZodType>>) => {
  const { $defs, properties } = z
    .object({ $defs: jsonObject.default({}), properties: jsonObject.default({}) })
    .parse(z.toJSONSchema(z.object(schemas), { io: "input", override: withoutNoise }));
  return { named: asComponents($defs), own: asComponents(properties) };
};

const schemaRef = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const answerName = (name: string): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Answer`;

const queryShape = z.object({
  properties: z.record(text, jsonObject).default({}),
  required: z.array(text).default([]),
});

/** The query parameters. Those that may be in the body instead are required nowhere. */
const queryParameters = ({ query, body }: Described, example: Example | undefined): readonly Json[] => {
  if (query === undefined) return [];
  const { properties, required } = queryShape.parse(z.toJSONSchema(query, { io: "input" }));
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: required.includes(name) && body !== "query",
    ...(description !== undefined && { description }),
    schema,
    ...(example?.query?.[name] !== undefined && { example: example.query[name] }),
  }));
};

const pathParameters = ({ path }: Described, example: Example | undefined): readonly Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description:
      name === "id"
        ? "The id of a delivery, or as much of its beginning as is unique."
        : "The slug, the path or the URL of a post. A slash in it may be sent as it is, or encoded.",
    schema: { type: "string", minLength: 1 },
    example: example?.name ?? "my-post",
  }));

const documentExample = "---\ntitle: My post\ndate: 2026-03-01\n---\nThe first words.\n";

const requestBody = ({ body, query }: Described, example: Example | undefined): Json => {
  if (body === "document")
    return {
      requestBody: {
        required: true,
        content: { "text/markdown": { schema: { type: "string" }, example: documentExample } },
      },
    };
  if (body === undefined || query === undefined) return {};
  const { $schema: _, ...schema } = z.toJSONSchema(query, { io: "input" });
  return {
    requestBody: {
      description: "The query parameters as JSON, for those who send JSON. One of both is required.",
      required: false,
      content: { "application/json": { schema, example: example?.query ?? {} } },
    },
  };
};

const etagHeader = { ETag: { description: "Names this answer.", schema: { type: "string" } } };

/** Its answer has an ETag. */
const isTagged = ({ method, query }: Described): boolean => method === "GET" && query !== undefined;

const answers = (name: string, operation: Described, example: Example | undefined): Json => {
  const { answer, creates } = operation;
  if (typeof answer === "string")
    return { 200: { description: "The file.", content: { [answer]: { schema: { type: "string" }, example: "…" } } } };
  const content = { "application/json": { schema: schemaRef(answerName(name)), example: example?.answer } };
  return {
    200: { description: "Done.", ...(isTagged(operation) && { headers: etagHeader }), content },
    ...(isTagged(operation) && { 304: { description: "The answer is still the one that `If-None-Match` names." } }),
    ...(creates && {
      201: {
        description: "A new post was made.",
        headers: { Location: { description: "The path of the post in the API.", schema: { type: "string" } } },
        content,
      },
    }),
  };
};

const problemsOf = ({ access, problems = [], takesPreconditions }: Described): Json => {
  if (access === "anyone") return {};
  const statuses = [
    ...new Set([...commonProblems, ...problems, ...(takesPreconditions ? ([412] as const) : [])]),
  ].toSorted((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]));
};

const parameterRef = (name: keyof typeof parameters) => ({ $ref: `#/components/parameters/${name}` });

const describeOperation = (name: string, operation: Described, example: Example | undefined): Json => ({
  operationId: name,
  summary: operation.summary,
  ...(operation.access === "anyone" && { security: [] }),
  ...(operation.access === "read-only token" && { security: [{ token: [] }, { planToken: [] }] }),
  parameters: [
    ...pathParameters(operation, example),
    ...queryParameters(operation, example),
    ...(operation.query === undefined ? [] : [parameterRef("site")]),
    ...(isTagged(operation) ? [parameterRef("ifNoneMatch")] : []),
    ...(operation.takesPreconditions ? [parameterRef("ifMatch"), parameterRef("ifNoMatch")] : []),
  ],
  ...requestBody(operation, example),
  responses: { ...answers(name, operation, example), ...problemsOf(operation) },
});

const mergeable = z.object({
  summary: text,
  parameters: z.array(z.looseObject({ name: text.optional(), $ref: text.optional() })),
  responses: z.looseObject({
    200: z.looseObject({
      content: z.object({ "application/json": z.object({ schema: z.unknown(), example: z.unknown() }) }),
    }),
  }),
});

/** Describes operations with one method and path, of which a flag in the query selects one, as one. */
const mergeOperations = (all: readonly (readonly [string, Json])[]): Json => {
  const [first] = all;
  if (first === undefined || all.length === 1) return first?.[1] ?? {};
  const parts = all.map(([name, operation]) => ({ name, ...mergeable.parse(operation) }));
  const parameters = new Map(
    parts.flatMap((part) => part.parameters.map((one) => [one.name ?? one.$ref, one] as const)),
  );
  const contents = parts.map(({ name, responses }) => ({ name, ...responses[200].content["application/json"] }));
  const content = {
    schema: { oneOf: contents.map(({ schema }) => schema) },
    examples: Object.fromEntries(contents.map(({ name, example }) => [name, { value: example }])),
  };
  const [, operation] = first;
  return {
    ...operation,
    description: parts.map(({ summary }) => summary).join(" "),
    parameters: [...parameters.values()],
    responses: {
      ...jsonObject.parse(operation.responses),
      200: { ...parts[0]?.responses[200], content: { "application/json": content } },
    },
  };
};

const responses = (): Json =>
  Object.fromEntries(
    Object.entries(problemTitles).map(([status, title]) => {
      const example = Object.entries(problemExamples).find(([key]) => key === status)?.[1];
      return [
        `Problem${status}`,
        {
          description: title,
          content: {
            "application/problem+json": {
              schema: schemaRef("Problem"),
              example: { type: "about:blank", title, status: Number(status), ...example },
            },
          },
        },
      ];
    }),
  );

const tagPattern = '^(?:\\*|(?:W/)?"[^"]*"(?:, *(?:W/)?"[^"]*")*)$';

const parameters = {
  site: {
    name: "site",
    in: "query",
    required: false,
    description: "The site, if it is not the first of the configuration.",
    schema: { type: "string" },
    example: "blog",
  },
  ifMatch: {
    name: "If-Match",
    in: "header",
    required: false,
    description:
      "Changes the post only if it is still this one: the ETag of GET, the `etag` of any answer in quotes, or `*` for any.",
    schema: { type: "string", pattern: tagPattern },
    example: '"5d41402abc4b2a76-7d793037a0760186-0"',
  },
  ifNoMatch: {
    name: "If-None-Match",
    in: "header",
    required: false,
    description: "`*`: changes nothing where there is such a post already.",
    schema: { type: "string", enum: ["*"] },
    example: "*",
  },
  ifNoneMatch: {
    name: "If-None-Match",
    in: "header",
    required: false,
    description: "The ETag of an answer: while it is the same, the answer is 304.",
    schema: { type: "string" },
    example: '"5d41402abc4b2a76-7d793037a0760186-0.q1w2e3r4t5y6u7i8"',
  },
};

/** Returns the description of these operations. `examples` has one for each, by its name. */
export const describeApi = (
  operations: Readonly<Record<string, Described>>,
  examples: Readonly<Record<string, Example>>,
  version: string,
): Json => {
  const schemas = Object.entries(operations).flatMap(([name, { answer }]) =>
    typeof answer === "string" ? [] : [[answerName(name), answer] as const],
  );
  const { named, own } = toSchemas({ ...Object.fromEntries(schemas), Problem: problem });
  const byPath = Map.groupBy(Object.entries(operations), ([, { path }]) => path);
  const paths = [...byPath].map(([path, ofPath]) => {
    const byMethod = Map.groupBy(ofPath, ([, { method }]) => method.toLowerCase());
    const methods = [...byMethod].map(([method, all]) => [
      method,
      mergeOperations(all.map(([name, one]) => [name, describeOperation(name, one, examples[name])] as const)),
    ]);
    return [path, Object.fromEntries(methods)];
  });
  const { Problem: _, ...answerSchemas } = own;
  return {
    openapi: "3.1.1",
    info: {
      title: "Crier",
      version,
      description: "Publishes posts into feeds and on networks. docs/api.md leads through it.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "The API token." },
        planToken: {
          type: "http",
          scheme: "bearer",
          description: "The read-only token: for `GET`, except the export, and for `POST /api/plan`.",
        },
      },
      parameters,
      responses: responses(),
      schemas: { ...named, ...answerSchemas },
    },
  };
};

/** Returns a sentence for each thing that the description of an operation lacks. */
export const missingParts = (
  operations: Readonly<Record<string, Partial<Described>>>,
  examples: Readonly<Record<string, Example>>,
): readonly string[] =>
  Object.entries(operations).flatMap(([name, { answer, summary, access, query }]) => {
    const isSchema = answer instanceof z.ZodType && !(answer instanceof z.ZodUnknown || answer instanceof z.ZodAny);
    return [
      ...(isSchema || typeof answer === "string" ? [] : [`${name}: it has no schema of its answer`]),
      ...(access === "anyone" || access === "machine" || query instanceof z.ZodObject
        ? []
        : [`${name}: it has no schema of its query`]),
      ...(summary ? [] : [`${name}: it has no summary`]),
      ...(examples[name] === undefined ? [`${name}: it has no example`] : []),
    ];
  });
