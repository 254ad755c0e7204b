const absent = (): never => {
  throw new Error(
    "mdurl is not in the functions' bundles: leave the parser's links as they are, or remove infra/bundling/stand-ins/mdurl.ts.",
  );
};

/**
 * markdown-it encodes and decodes addresses with these and with punycode.js, unless its parser has functions of its
 * own: `src/markdown/markdown-extensions.ts` has.
 */
export const decode = absent;
export const encode = absent;
export const format = absent;
export const parse = absent;

export default { toASCII: absent, toUnicode: absent };
