const absent = (): never => {
  throw new Error(
    "js-yaml is not in the functions' bundles: give gray-matter an engine, or remove infra/bundling/stand-ins/js-yaml.ts.",
  );
};

/**
 * gray-matter binds both when it is loaded, and calls them only for YAML without an engine:
 * `src/documents/front-matter.ts` has one.
 */
export const safeLoad = absent;
export const safeDump = absent;
