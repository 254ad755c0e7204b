/**
 * sanitize-html calls postcss for style attributes that its allow-list permits, which ours does not. It removes an
 * attribute whose parsing throws.
 */
export const parse = (): never => {
  throw new Error(
    "postcss is not in the functions' bundles: allow no style attribute, or remove infra/bundling/stand-ins/postcss.ts.",
  );
};
