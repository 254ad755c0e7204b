/** Milliseconds since 1970-01-01T00:00:00Z. Every moment inside Crier is one; text appears only at the edges. */
export type Instant = number;

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The moment as RFC 3339 in UTC with milliseconds, e.g. `2026-03-01T08:00:00.000Z`; sorts as the moments do. */
export const iso = (at: Instant): string => new Date(at).toISOString();
