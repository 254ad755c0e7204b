import * as z from "zod";
import { delivery } from "./deliveries.ts";
import { pageDocument, post, refusedDocument } from "./posts.ts";
import { list, reason, text } from "./values.ts";

/** The statuses of the API's errors, with the titles that people see. */
export const problemTitles = {
  400: "Bad request",
  401: "Not authorised",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  412: "Changed in the meantime",
  413: "Too large",
  415: "Unsupported media type",
  422: "Refused",
  500: "Something went wrong",
  503: "Not available now",
} as const;

export type ProblemStatus = keyof typeof problemTitles;

/** The code of the reason why the read-only token is refused. A proxy may rename `WWW-Authenticate`. */
export const readOnlyCode = "token-read-only";

/** Every error (RFC 9457). */
export const problem = z
  .object({
    type: text,
    title: text,
    status: z.number(),
    detail: text.describe("What is wrong, and the next step, for people."),
    instance: text.optional().describe("The path of the request."),
    operation: text.optional().describe("Where the description of the API has what the request may contain."),
    reasons: list(reason).optional().describe("What is wrong with the document, or with the request, part by part."),
    refused: list(refusedDocument)
      .optional()
      .describe("The documents that could have been meant, and why they are not posts."),
    pages: list(pageDocument).optional(),
    post: post.optional().describe("The post as it is now, where it is not the expected one."),
    delivery: delivery.optional().describe("The delivery as it is now, where it is not the one that was seen."),
    candidates: list(text)
      .optional()
      .describe("The paths of the posts, or the ids of the deliveries, that could have been meant."),
  })
  .meta({ id: "Problem" });

export type Problem = z.output<typeof problem>;
