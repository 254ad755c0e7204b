/** The messages of an error and its causes. No other properties: they may include a request with its headers. */
export const causesOf = (error: unknown): readonly string[] =>
  error instanceof Error ? [`${error.name}: ${error.message}`, ...causesOf(error.cause)] : [];
