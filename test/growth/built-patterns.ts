import { join } from "node:path";
import { labelOf, literalPatterns, type OwnPattern, patternsBuilt, root } from "./own-patterns.ts";

/** Returns the patterns that these modules build from parts when they are loaded: `new RegExp(…)`. */
const builtIn = async (modules: Iterable<string>): Promise<readonly OwnPattern[]> => {
  const found: OwnPattern[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct: (target, [source, flags]) => {
      const built: RegExp = Reflect.construct(target, [source, flags]);
      // The first frame is this function: a pattern is built by the second, and not by a library that it loads.
      const [, , builder = ""] = (new Error().stack ?? "").split("\n");
      const file = /\/src\/([\w/-]+\.ts)/.exec(builder)?.[1];
      if (file !== undefined) found.push({ file, source: built.source, flags: built.flags });
      return built;
    },
  });
  try {
    for (const file of modules) await import(join(root, file));
  } finally {
    globalThis.RegExp = original;
  }
  return found;
};

/** Those that are literals, and those that modules build of parts. No such module may be loaded yet. */
export const ownPatterns = async (): Promise<readonly OwnPattern[]> => {
  const built = await builtIn(new Set(patternsBuilt.map(({ file }) => file)));
  return [...new Map([...literalPatterns, ...built].map((one) => [labelOf(one), one])).values()];
};
