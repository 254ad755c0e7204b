import { isMarkdown, type KnownDocument } from "../../domain/document.ts";
import { day, type Instant } from "../../domain/time.ts";
import type { ListedDocument } from "../../ports/content.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { ListingState } from "../../ports/store.ts";
import type { Ingested } from "../site-api.ts";
import { isKeyLost } from "./claim-translation.ts";

/** How often the rows of the documents are compared with a listing that is the one before it. */
const compareEvery = day;

/**
 * Names a document as it is listed, with all that decides what it becomes, but for what it refers to. Undefined where its
 * source does not say whether it has changed: it is read then.
 */
export const markOf = ({ path, tag }: ListedDocument, recipe: string, hash: Hash): string | undefined =>
  tag === undefined ? undefined : hash(JSON.stringify([path, tag, recipe])).slice(0, 16);

/** Of a whole listing. Undefined where a document has no mark. */
export const hashOfMarks = (marks: readonly (string | undefined)[], hash: Hash): string | undefined =>
  marks.includes(undefined) ? undefined : hash(marks.toSorted().join(""));

/** The listing is the one before it, and nothing is to be tried again: no document has to be read. */
export const isSameListing = (state: ListingState | undefined, hash: string | undefined, now: Instant): boolean =>
  state !== undefined && state.hash === hash && state.isSettled && now - state.compared < compareEvery;

/** Nothing but the document itself changes what it became. */
export const isSettledRow = ({
  path,
  refusal,
  attempt,
  copy,
  missing,
  history,
  post,
  warnings,
}: KnownDocument): boolean =>
  (refusal === undefined || !isMarkdown(path)) &&
  attempt === undefined &&
  copy === undefined &&
  missing === undefined &&
  (history === undefined || post !== undefined) &&
  !warnings?.some(isKeyLost);

/**
 * What is to be done about a document that was read: nothing until it changes; the same when another document changes, to
 * which it may link; or another try with the next listing. `recipe`: of a document without links.
 */
export const afterReading = (answer: Ingested | undefined, recipe: string): "done" | "linked" | "again" => {
  if (answer === undefined || answer.result === "refused" || answer.result === "absent") return "again";
  if (answer.result === "page") return "done";
  return answer.post === undefined || answer.post.recipe === recipe ? "done" : "linked";
};
