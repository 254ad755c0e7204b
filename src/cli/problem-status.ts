import { CommandError } from "../api/api-client.ts";

/** True where the API answered with one of these statuses. */
export const hasStatus = (error: unknown, statuses: readonly number[]): error is CommandError =>
  error instanceof CommandError && statuses.includes(error.problem?.status ?? 0);
