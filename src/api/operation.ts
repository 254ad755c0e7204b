import * as z from "zod";
import type { SiteContext } from "../app/site-context.ts";
import type { Problem, ProblemStatus } from "../contract/problem.ts";
import { type Reason, text } from "../contract/values.ts";
import type { ExpectedPost } from "../domain/expected-post.ts";

/** Why a request is refused: the parts of the problem document that the operation knows. */
export interface Refusal extends Pick<Problem, "reasons" | "refused" | "pages" | "candidates" | "delivery"> {
  readonly refusal: ProblemStatus;
  readonly detail: string;
}

/** The use case of an operation is called with this. */
export interface OperationCall<Query> extends SiteContext {
  /** The slug or id in the path. Empty where the path has none. */
  readonly name: string;
  readonly query: Query;
  /** The document in the body. Empty where the operation takes none. */
  readonly document: Uint8Array;
  /** The person who acts, from the header `Crier-Actor`. */
  readonly actor: string | undefined;
  /** The post that `If-Match` or `If-None-Match` names. */
  readonly expected: ExpectedPost | undefined;
}

/** A request as the server has read it, before its query is parsed. */
export type OperationRequest = OperationCall<Readonly<Record<string, unknown>>>;

/** The JSON of an answer. */
export interface Reply {
  readonly body: Readonly<Record<string, unknown>>;
}

interface Definition<Query extends z.ZodType, Answer extends z.ZodType> {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** The path in OpenAPI's syntax, with at most one parameter: `{name}` or `{id}`. */
  readonly path: string;
  readonly summary: string;
  /** The query parameters. Each operation takes `?site=` as well. */
  readonly query: Query;
  /**
   * The body: the document of a post (`text/markdown`), or the query parameters as JSON, for those who send JSON. Others
   * take no body.
   */
  readonly body?: "document" | "query";
  /** The flag in the query by which this operation is meant, where several have one method and path. */
  readonly selectedBy?: string;
  /** The schema of the answer: the use case answers with its `z.output`, without the time zone, and JSON is its `z.input`. */
  readonly answer: Answer;
  /** It changes nothing although it is not a GET, so that the read-only token is enough for it. */
  readonly changesNothing?: true;
  /** Answered with 201 where `result` is `created`. */
  readonly creates?: true;
  /** It changes a post, and only the one that `If-Match` or `If-None-Match: *` names. */
  readonly takesPreconditions?: true;
  /** The statuses of its own problems, besides those that every request can get. */
  readonly problems: readonly ProblemStatus[];
  /** Calls the use case. */
  readonly run: (call: OperationCall<z.output<Query>>) => Promise<Omit<z.output<Answer>, "timeZone"> | Refusal>;
}

const isRefusal = (result: object): result is Refusal => "refusal" in result;

/** Returns the mistakes in a query, parameter by parameter. */
const queryReasons = (error: z.ZodError, query: z.ZodType, operation: string): readonly Reason[] => {
  const known = query instanceof z.ZodObject ? [...Object.keys(query.shape), "site"] : ["site"];
  return error.issues.flatMap((issue): readonly Reason[] =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((field) => ({
          code: "parameter-unknown",
          field,
          message: `${operation} takes no \`${field}\`: it takes ${known.join(", ")}.`,
        }))
      : [{ code: "parameter-invalid", field: issue.path.join("."), message: issue.message }],
  );
};

/** An operation on one site: its definition, and how a request becomes an answer by it. */
export const operation = <const Query extends z.ZodType, Answer extends z.ZodType>(
  definition: Definition<Query, Answer>,
) => {
  const { method, path, query: querySchema, run } = definition;
  const answerSchema: z.ZodType = definition.answer;
  return {
    ...definition,
    access: method === "GET" || definition.changesNothing === true ? "read-only token" : "token",
    /** Returns the JSON of an answer without the fields that this version does not know. Throws where it is of another shape. */
    checkAnswer: (body: unknown): z.input<Answer> => z.encode(definition.answer, definition.answer.parse(body)),
    handle: async (request: OperationRequest): Promise<Reply | Refusal> => {
      const query = querySchema.safeParse(request.query);
      if (!query.success) {
        const reasons = queryReasons(query.error, querySchema, `${method} ${path}`);
        return { refusal: 400, detail: [...new Set(reasons.map(({ message }) => message))].join(" "), reasons };
      }
      const result = await run({ ...request, query: query.data });
      if (isRefusal(result)) return result;
      const { timeZone } = request.site;
      return { body: z.record(text, z.unknown()).parse(z.encode(answerSchema, { ...result, timeZone })) };
    },
  } as const;
};

/** `?again`, `?again=1` and `?again=true` mean yes. */
export const flag = z
  .stringbool({
    truthy: ["", "1", "true", "yes"],
    falsy: ["0", "false", "no"],
    error: ({ path }) => `\`${path?.join(".") ?? ""}\` is a yes (nothing, 1, true, yes) or a no (0, false, no).`,
  })
  .meta({ enum: ["", "1", "true", "yes", "0", "false", "no"] })
  .optional();

/** The query of an operation that takes none. */
export const nothing = z.strictObject({});

export const cursor = text.optional().describe("The `next` of the page before.");
