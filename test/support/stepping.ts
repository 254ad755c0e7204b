export interface Stepper {
  /** Resolves when the worker has reached the place. */
  readonly stopped: Promise<void>;
  /** Lets the worker continue. One that never continues has crashed there. */
  go(): void;
}

/** Their results are read while they are iterated: there is no single moment to stop at. */
const iterables = new Set(["memberships.newest", "documents.all"]);

/**
 * The same ports, but the worker that uses them stops at one place: `posts.save` stops before the call,
 * `after posts.save` behind it, `posts.save 2` before the second. `lease.holds` is a call of the lease that
 * `feeds.withLease` hands to its work, `lease.work` that work.
 */
export const stepping = <Ports extends object>(ports: Ports, place: string): { readonly ports: Ports } & Stepper => {
  const [, after, name = "", nth = "1"] = /^(after )?(\S+)(?: (\d+))?$/.exec(place) ?? [];
  let left = Number(nth);
  let reach: () => void = () => {};
  let go: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const wait = async (): Promise<void> => {
    reach();
    await gate;
  };
  const wrap = <Part extends object>(part: Part, prefix: string): Part =>
    new Proxy(part, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        const path = `${prefix}.${String(key)}`;
        if (typeof value === "function" && path === "feeds.withLease" && name.startsWith("lease."))
          return (...given: readonly unknown[]) => Reflect.apply(value, target, given.map(leased));
        if (typeof value !== "function" || path !== name || iterables.has(path)) return value;
        return async (...given: readonly unknown[]) => {
          left -= 1;
          const here = left === 0;
          if (here && after === undefined) await wait();
          const answer: unknown = await Reflect.apply(value, target, given);
          if (here && after !== undefined) await wait();
          return answer;
        };
      },
    });
  /** The work that is called with a lease; any other argument is left as it is. */
  const leased = (given: unknown): unknown =>
    typeof given === "function"
      ? wrap({ work: (lease: object) => Reflect.apply(given, undefined, [wrap(lease, "lease")]) }, "lease").work
      : given;
  const part = name.startsWith("lease.") ? "feeds" : name.split(".")[0];
  const wrapped = new Proxy(ports, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      return typeof value === "object" && value !== null && key === part ? wrap(value, part) : value;
    },
  });
  return { ports: wrapped, stopped, go };
};
