/**
 * Does work for all the calls that came while the work for earlier ones was done. It begins after each of its calls, and
 * so reads all that its callers wrote before. Where it fails for several, it is done for each alone: none of them fails
 * for another.
 */
export const together = <T>(work: (items: readonly T[]) => Promise<void>): ((item: T) => Promise<void>) => {
  let waiting: { readonly items: T[]; readonly done: Promise<readonly PromiseSettledResult<void>[]> } | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const workAll = async (items: readonly T[]): Promise<readonly PromiseSettledResult<void>[]> => {
    const [all] = await Promise.allSettled([work(items)]);
    if (all.status === "fulfilled" || items.length === 1) return items.map(() => all);
    return Promise.allSettled(items.map((item) => work([item])));
  };

  const begin = () => {
    const items: T[] = [];
    const done = last.then(() => {
      waiting = undefined;
      return workAll(items);
    });
    last = done;
    return { items, done };
  };

  return async (item) => {
    const batch = waiting ?? begin();
    waiting = batch;
    const place = batch.items.push(item) - 1;
    const result = (await batch.done)[place];
    if (result?.status === "rejected") throw result.reason;
  };
};
