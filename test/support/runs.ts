/** How often a property is checked: an eighth of this by `npm test`, and all of it by `npm run test:properties`. */
export const runs = (all: number): number => (process.env.RUNS === "all" ? all : Math.ceil(all / 8));
