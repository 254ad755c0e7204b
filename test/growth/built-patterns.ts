import { join } from "node:path";
import { each, files, literalPatterns, type OwnPattern, root } from "./own-patterns.ts";

/** What these modules build of parts when they are loaded: `new RegExp(…)`. */
const builtIn = async (modules: readonly string[]): Promise<readonly OwnPattern[]> => {
  const found: OwnPattern[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct: (target, [source, flags]) => {
      const built: RegExp = Reflect.construct(target, [source, flags]);
      const file = /\/src\/([\w/-]+\.ts)/.exec(new Error().stack ?? "")?.[1];
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

/** What reads bytes from outside. */
const readers = /^(?:documents|domain|feed-reader|feeds|markdown|networks|outside)\//;

/** With those that modules which read outside bytes build of parts. They must not be loaded yet. */
export const ownPatterns = async (): Promise<readonly OwnPattern[]> =>
  each([
    ...literalPatterns(),
    ...(await builtIn(files.filter((file) => readers.test(file) && !file.endsWith(".d.ts")))),
  ]);
