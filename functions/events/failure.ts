/** Messages only: an error's other properties may hold a request with its headers. */
const messages = (error: unknown): readonly string[] =>
  error instanceof Error ? [`${error.name}: ${error.message}`, ...messages(error.cause)] : [];

/** One line of JSON, which the log keeps as one event. */
export const logFailure = (message: string, error: unknown): void => {
  const stack = error instanceof Error ? error.stack : undefined;
  process.stderr.write(`${JSON.stringify({ level: "error", message, causes: messages(error), stack })}\n`);
};
