/** The `code` of an error, such as Node's `ENOENT` and `ECONNREFUSED`; undefined where there is none. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
