/** A signal that is never aborted: a request ends with its response, however busy the machine is. Vitest ends a test that hangs. */
export const noDeadline = (): AbortSignal => new AbortController().signal;
