import { codeOf } from "../domain/error-code.ts";

/** Why nothing came of a request; what a caller decides on. */
export type OutsideCode =
  | "scheme"
  | "credentials"
  | "refused-address"
  | "redirects"
  | "too-large"
  | "timeout"
  | "unreachable";

/** A request to the outside failed. The words name the host alone: a path or query may be somebody's secret. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";
  readonly code: OutsideCode;

  constructor(code: OutsideCode, words: string, cause?: unknown) {
    super(words, { cause });
    this.code = code;
  }
}

/** What Node threw, as one of ours. */
export const failure = (error: unknown, host: string, signal: AbortSignal): OutsideError => {
  if (error instanceof OutsideError) return error;
  if (signal.aborted) return new OutsideError("timeout", `${host} did not answer in time`, error);
  const code = codeOf(error);
  return new OutsideError(
    "unreachable",
    `${host} could not be reached${code === undefined ? "" : ` (${code})`}`,
    error,
  );
};
