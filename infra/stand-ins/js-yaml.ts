const absent = (): never => {
  throw new Error(
    "js-yaml is not in the functions' bundles: give gray-matter an engine, or take infra/stand-ins/js-yaml.ts away.",
  );
};

/** gray-matter binds both when it is loaded, and calls them for YAML without an engine; `src/documents/front-matter.ts` gives it one. */
export const safeLoad = absent;
export const safeDump = absent;
