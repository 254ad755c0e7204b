/** The parts of js-yaml 3, gray-matter's own parser of YAML, that are used. */
declare module "js-yaml" {
  class Type {
    constructor(tag: string, options: { readonly kind: "scalar"; readonly construct: (text: string) => unknown });
  }

  class Schema {
    constructor(parts: { readonly include: readonly Schema[]; readonly implicit: readonly Type[] });
  }

  class YAMLException extends Error {
    /** The message without the position. */
    readonly reason: string;
    readonly mark: { readonly buffer: string; readonly position: number } | undefined;
  }

  const yaml: {
    readonly DEFAULT_SAFE_SCHEMA: Schema;
    readonly Schema: typeof Schema;
    readonly Type: typeof Type;
    readonly YAMLException: typeof YAMLException;
    /** Throws `YAMLException`. Returns undefined for a text without a value. */
    readonly safeLoad: (text: string, options: { readonly schema: Schema }) => unknown;
  };
  export default yaml;
}
