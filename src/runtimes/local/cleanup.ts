/** Closes everything that was opened, in reverse order and only once. A failure does not prevent the other calls. */
export interface Cleanup {
  add(close: () => unknown): void;
  run(): Promise<void>;
}

export const cleanupStack = (): Cleanup => {
  const closers: (() => unknown)[] = [];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "not everything could be closed");
  };
  return {
    add: (close) => closers.push(close),
    run: () => {
      running ??= run();
      return running;
    },
  };
};
