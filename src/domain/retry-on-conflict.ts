/** The result of an attempt whose row another worker saved first. */
export const conflict = Symbol("conflict");

/** Each conflict is another worker's success: this many in a row mean a fault. */
const maxAttempts = 50;

/** Repeats an attempt to read, decide and save until it meets no conflict. `what` names the row in the error. */
export const retryOnConflict = async <T>(what: string, attempt: () => Promise<T | typeof conflict>): Promise<T> => {
  for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
    const result = await attempt();
    if (result !== conflict) return result;
  }
  throw new Error(`${what} changes faster than it can be saved: try again when it no longer changes`);
};
