/** Others are faster a few times at most: more is a fault, and whoever asked is told of it. */
const most = 10;

/** Writes until the write answers something: undefined says that another worker changed the row since it was read. */
export const retryOnConflict = async <T>(what: string, write: () => Promise<T | undefined>): Promise<T> => {
  for (let writes = 0; writes < most; writes += 1) {
    const answer = await write();
    if (answer !== undefined) return answer;
  }
  throw new Error(`${what} was changed by another worker before each of ${most} writes: try again`);
};
