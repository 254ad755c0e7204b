import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * `{ [_h]: 1 }` → `{ "http": 1 }` for every `const _h = "http";` of the text.
 * The SDK's schemas have such keys. A computed key could have a side effect, so that esbuild keeps every schema of a
 * client, used or not: 50 KB for S3.
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

/** Makes esbuild leave out the schemas of unused calls. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withLiteralKeys(await readFile(path, "utf8")),
    }));
  },
};

/** twitter-text imports polyfills of core-js 2, which Node does not need. */
export const noPolyfills: Plugin = {
  name: "no-polyfills",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^core-js\/modules\// }, ({ path }) => ({ path, namespace: "polyfill" }));
    onLoad({ filter: /.*/, namespace: "polyfill" }, () => ({ contents: "" }));
  },
};
