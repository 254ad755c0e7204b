/** Milliseconds since 1970-01-01T00:00:00Z. Every moment inside Crier is one; it is text only in files and requests. */
export type Instant = number;

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** RFC 3339 in UTC with milliseconds, for example `2026-03-01T08:00:00.000Z`. Sorts like the moments. */
export const iso = (at: Instant): string => new Date(at).toISOString();
