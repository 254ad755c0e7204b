/**
 * Acts on each item, on so many at a time. Each is given its turn, which comes when all those before it are done: what
 * depends on their order waits for it. After a failure nothing more is begun, and it is thrown when all is over.
 */
export const inTurn = async <T>(
  items: readonly T[],
  limit: number,
  act: (item: T, turn: Promise<void>) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  const running: Promise<void>[] = [];
  let turn = Promise.resolve();
  for (const item of items) {
    const acted = act(item, turn).catch((error: unknown) => void failures.push(error));
    turn = Promise.all([turn, acted]).then(() => {});
    running.push(turn);
    if (running.length >= limit) await running.shift();
    if (failures.length > 0) break;
  }
  await turn;
  if (failures.length > 0) throw failures[0];
};
