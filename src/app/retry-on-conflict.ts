/** An attempt's answer where somebody else saved the row that it had read. */
export const conflict = Symbol("conflict");

/** Each lost attempt is somebody else's success: that many in a row mean a fault. */
const attempts = 50;

/** Makes an attempt to read, decide and save until no one else is faster. `what` names the row in the error. */
export const retryOnConflict = async <T>(what: string, attempt: () => Promise<T | typeof conflict>): Promise<T> => {
  for (let made = 0; made < attempts; made += 1) {
    const answer = await attempt();
    if (answer !== conflict) return answer;
  }
  throw new Error(`${what} changes faster than it can be saved: try again when it no longer changes`);
};
