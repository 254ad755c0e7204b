/** The messages of an error and its causes, and nothing else: other properties may hold a request with its headers. */
export const causesOf = (error: unknown): readonly string[] =>
  error instanceof Error ? [`${error.name}: ${error.message}`, ...causesOf(error.cause)] : [];
