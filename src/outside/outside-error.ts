import { codeOf } from "../domain/errors.ts";

/** Why a request failed. */
export type OutsideCode =
  | "scheme"
  | "credentials"
  | "refused-address"
  | "redirects"
  | "too-large"
  | "timeout"
  | "unreachable";

/** A request to the outside failed. The message names only the host: a path or query may contain a secret. */
export class OutsideError extends Error {
  override readonly name = "OutsideError";
  readonly code: OutsideCode;

  constructor(code: OutsideCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export const toOutsideError = (error: unknown, host: string, signal: AbortSignal): OutsideError => {
  if (error instanceof OutsideError) return error;
  if (signal.aborted) return new OutsideError("timeout", `${host} did not answer in time`, error);
  const code = codeOf(error);
  return new OutsideError(
    "unreachable",
    `${host} could not be reached${code === undefined ? "" : ` (${code})`}`,
    error,
  );
};
