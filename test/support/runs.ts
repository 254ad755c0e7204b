/** The number of runs of a property: `npm test` checks an eighth of them, and `npm run test:properties` all. */
export const runs = (all: number): number => (process.env.RUNS === "all" ? all : Math.ceil(all / 8));
