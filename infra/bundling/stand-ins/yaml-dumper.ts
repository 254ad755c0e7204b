const absent = (): never => {
  throw new Error(
    "The writer of YAML is not in the functions' bundles: write no YAML, or remove infra/bundling/stand-ins/yaml-dumper.ts.",
  );
};

/** Replaces the writer of js-yaml, which a function only reads with. gray-matter imports it for its own writer. */
export const dump = absent;
export const safeDump = absent;
