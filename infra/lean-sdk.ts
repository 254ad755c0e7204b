import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * `{ [_h]: 1 }` → `{ "http": 1 }` for every `const _h = "http";` of the text.
 * The SDK's schemas are written so. A key that is computed might do something, so esbuild keeps every schema of a client,
 * used or not: of S3's, 50 KB.
 */
export const withLiteralKeys = (text: string): string => {
  const texts = new Map(
    [...text.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  return text.replaceAll(/\[(_\w+)\]:/g, (key, name) => {
    const value = texts.get(name);
    return value === undefined ? key : `${value}:`;
  });
};

/** Lets esbuild leave out the schemas of calls that are not made. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, "utf8")),
    }));
  },
};

/** core-js 2 brings twitter-text what Node has had for years. */
export const noPolyfills: Plugin = {
  name: "no-polyfills",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^core-js\/modules\// }, ({ path }) => ({ path, namespace: "polyfill" }));
    onLoad({ filter: /.*/, namespace: "polyfill" }, () => ({ contents: "" }));
  },
};
