/** Conflicts are rare: so many in a row are a fault. */
const most = 10;

/** Repeats a write that answers undefined where another worker has changed the row since it was read. */
export const retryOnConflict = async <T>(what: string, write: () => Promise<T | undefined>): Promise<T> => {
  for (let writes = 0; writes < most; writes += 1) {
    const answer = await write();
    if (answer !== undefined) return answer;
  }
  throw new Error(`${what} was changed by another worker before each of ${most} writes: try again`);
};
