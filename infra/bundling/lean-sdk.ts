import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { runInNewContext } from "node:vm";
import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "esbuild";

/**
 * Replaces computed keys: `{ [_h]: 1 }` → `{ "http": 1 }` for every `const _h = "http";` of the text. The SDK's schemas
 * have such keys. A computed key could have a side effect, so esbuild keeps every schema of a client, used or not: 50
 * KB for S3.
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

/**
 * The errors that the adapters distinguish by their class. Any other one is its service's exception, with the name of
 * the error.
 */
export const namedErrors =
  /^(?:ConditionalCheckFailedException|NoSuchKey|ParameterNotFound|InvalidResourceId|ParameterAlreadyExists|\w+ServiceException)$/;

/** Removes the registration of all other errors. Their classes and schemas are 60 KB for Parameter Store. */
export const withNamedErrors = (text: string): string =>
  text.replaceAll(/^\w+\.registerError\((\w+)\$, \w+\);$/gm, (line, name) => (namedErrors.test(name) ? line : ""));

/** Makes esbuild leave out the schemas of unused calls and errors. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withNamedErrors(withLiteralKeys(await readFile(path, "utf8"))),
    }));
    // The names of AWS's regions for people, such as "Europe (Frankfurt)".
    onLoad({ filter: /\/util-endpoints\/lib\/aws\/partitions\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(/"description": "[^"]*"/g, ""),
    }));
    // A client names its version to AWS, and imports all of its package.json for it.
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(await readFile(path, "utf8")).version }),
      loader: "json",
    }));
  },
};

const absent =
  "const absent = () => () => { throw new Error('JSON Schema is not in the functions\\' bundles: describe no schema with it, or remove noJsonSchema.'); };";

/** Removes the code that describes zod's schemas as JSON Schema, which no function uses: 18 KB. */
export const noJsonSchema: Plugin = {
  name: "no-json-schema",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/ }, async ({ path }) => {
      const names = (await readFile(path, "utf8")).matchAll(/^export (?:const|function) (\w+)/gm);
      return { contents: `${absent}\nexport { ${[...names].map(([, name]) => `absent as ${name}`).join(", ")} };` };
    });
  },
};

/**
 * Returns zod's module that finds cycles in values without that: zod goes on as its `mini` does, which has none. A value
 * that was parsed from JSON or is a row has no cycle. Throws if the module has another form.
 */
export const withoutMemoizer = (text: string): string => {
  const names = [...text.matchAll(/^export (?:class|function) ([$\w]+)/gm)].map(([, name]) => name);
  const others = names.filter((name) => name !== "memoizer");
  if (others.length === names.length)
    throw new Error("zod's memoizer.js has another form: look at what it exports, or remove noMemoizer.");
  return `const absent = () => { throw new Error("Cycles are not in the functions' bundles: compile no schema, or remove noMemoizer."); };
export const memoizer = () => undefined;
export { ${others.map((name) => `absent as ${name}`).join(", ")} };`;
};

/** Removes the search for cycles in what is parsed: 3 KB. */
export const noMemoizer: Plugin = {
  name: "no-memoizer",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/zod\/v4\/core\/memoizer\.js$/ }, async ({ path }) => ({
      contents: withoutMemoizer(await readFile(path, "utf8")),
    }));
  },
};

/**
 * Removes what describes the schemas and operations of the API: the functions serve a file that was made of it. Lines
 * stay lines, so that stack traces name the right ones.
 */
export const withoutDescriptions = (text: string): string =>
  text
    .replaceAll(/\s*\.describe\(\s*"(?:[^"\\]|\\.)*",?\s*\)|\s*\.meta\(\{ id: "\w+" \}\)/g, (call) =>
      call.replaceAll(/[^\n]/g, ""),
    )
    .replaceAll(/^( *summary:\s*)"(?:[^"\\]|\\.)*",$/gm, '$1"",');

export const noDescriptions: Plugin = {
  name: "no-descriptions",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/(?:contract|api)\/[\w-]+\.ts$/ }, async ({ path }) => ({
      contents: withoutDescriptions(await readFile(path, "utf8")),
      loader: "ts",
    }));
  },
};

/**
 * Classes of the SDK that no function uses: hashes in JavaScript, which are for runtimes that have none, and the limiter of
 * the retry mode `adaptive`.
 */
const unusedClasses = /\/(?:Sha1Js|Sha256Js|DefaultRateLimiter)\.js$/;

/** Removes the unused classes of the SDK, and the signatures for access points of several regions. */
export const noUnusedClasses: Plugin = {
  name: "no-unused-classes",
  setup: ({ onLoad }) => {
    onLoad({ filter: unusedClasses }, ({ path }) => ({
      contents: `export class ${basename(path, ".js")} { constructor() { throw new Error("${basename(path, ".js")} is not in the functions' bundles: do not use it, or remove noUnusedClasses."); } }`,
    }));
    onLoad({ filter: /\/signature-v4-multi-region\/dist-es\/SignatureV4MultiRegion\.js$/ }, ({ path }) => ({
      resolveDir: dirname(path),
      contents: `import { SignatureV4SignWithCredentials } from "./SignatureV4SignWithCredentials";
export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials { static sigv4aDependency() { return "none"; } }`,
    }));
  },
};

/** Removes the polyfills of core-js 2 that twitter-text imports. Node does not need them. */
export const noPolyfills: Plugin = {
  name: "no-polyfills",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^core-js\/modules\// }, ({ path }) => ({ path, namespace: "polyfill" }));
    onLoad({ filter: /.*/, namespace: "polyfill" }, () => ({ contents: "" }));
  },
};

const packed = (text: string): string => brotliCompressSync(text).toString("base64");

/** The constants of the SDK's module with the rules for a service's endpoints, and the call that makes a tree of them. */
const endpointRules = /^import .*;$([\s\S]*)^export const bdd = BinaryDecisionDiagram\.from\((.*)\);$/m;

/**
 * Returns the arguments of that call as JSON: its nodes, its root, its conditions and its results. Throws if the module
 * has another form.
 */
export const endpointRulesIn = (text: string): string => {
  const [, constants, values] = endpointRules.exec(text) ?? [];
  if (constants === undefined)
    throw new Error("the SDK's rules for endpoints have another form: look at endpointRules");
  const rules: unknown = runInNewContext(
    `${constants}\nJSON.stringify([${values}].map((one) => ArrayBuffer.isView(one) ? [...one] : one))`,
  );
  return String(rules);
};

/** Compresses the rules for the endpoints of S3 and other services to a third of their size. */
export const packedEndpoints: Plugin = {
  name: "packed-endpoints",
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/dist-es\/endpoint\/bdd\.js$/ }, async ({ path }) => ({
      resolveDir: dirname(path),
      contents: `import { brotliDecompressSync } from "node:zlib";
import { BinaryDecisionDiagram } from "@smithy/core/endpoints";
const [nodes, ...rules] = JSON.parse(brotliDecompressSync(Buffer.from("${packed(endpointRulesIn(await readFile(path, "utf8")))}", "base64")).toString());
export const bdd = BinaryDecisionDiagram.from(Int32Array.from(nodes), ...rules);`,
    }));
  },
};

/** The only call of `RegExp`, with strings that are added up. */
const domainPattern = /RegExp\(('(?:[^']*)'(?:\s*\+\s*'[^']*')*)\)/;

/**
 * Returns the source of twitter-text's pattern for the top-level domains in the module that has it. Throws if the module
 * has another shape: an empty pattern would match every word.
 */
export const domainsIn = (text: string): string => {
  const [, strings = ""] = domainPattern.exec(text) ?? [];
  const source = [...strings.matchAll(/'([^']*)'/g)].map(([, part]) => part).join("");
  if (source.split("|").length < 1_000)
    throw new Error("twitter-text has its top-level domains in another shape: correct domainsIn in lean-sdk.ts.");
  return source;
};

/** Compresses the 1,300 top-level domains of twitter-text to half of their size. */
export const packedDomains: Plugin = {
  name: "packed-domains",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/twitter-text\/dist\/regexp\/validGTLD\.js$/ }, async ({ path }) => {
      return {
        contents: `const { brotliDecompressSync } = require("node:zlib");
module.exports = new RegExp(brotliDecompressSync(Buffer.from("${packed(domainsIn(await readFile(path, "utf8")))}", "base64")).toString());`,
      };
    });
  },
};

/** Compresses the 1,900 names of emoji to half of their size. A cold start decompresses them in a millisecond. */
export const packedEmoji: Plugin = {
  name: "packed-emoji",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/markdown-it-emoji\/lib\/data\/full\.mjs$/ }, async ({ path }) => {
      const [, names = ""] = (await readFile(path, "utf8")).split("export default ");
      return {
        contents: `import { brotliDecompressSync } from "node:zlib";
export default JSON.parse(brotliDecompressSync(Buffer.from("${packed(JSON.stringify(JSON.parse(names)))}", "base64")).toString());`,
      };
    });
  },
};

/** A style sheet or a script in the console's assets. */
const asset = /^const (style|script) = (`[^`]*`);$/gm;

/** Compresses the style sheet and the script of the console to half of their size. A cold start decompresses them. */
export const packedAssets: Plugin = {
  name: "packed-assets",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/console\/assets\.ts$/ }, async ({ path }) => {
      const code = await readFile(path, "utf8");
      const contents = code.replaceAll(
        asset,
        (_, name, text) =>
          `const ${name} = brotliDecompressSync(Buffer.from("${packed(String(runInNewContext(text)))}", "base64")).toString();`,
      );
      return { contents: `import { brotliDecompressSync } from "node:zlib";\n${contents}`, loader: "ts" };
    });
  },
};

/** The line of a network's definition that says how it logs in, such as `connect: (login) => connectSlack(login),`. */
const connecting = /^ {2}connect: .*,$/m;

/** The credentials in a network's definition, of several lines. */
const credentials = /^ {2}credentials: z\.object\(\{$[\s\S]*?^ {2}\}\),$/m;

/**
 * Returns a network's definition that cannot log in, so that esbuild leaves out what only a login uses: its connection,
 * and what checks a secret further than its shape. The calls that make schemas are marked as pure, because esbuild would
 * keep them otherwise. A `connect` of several lines stays.
 */
export const withoutLogin = (text: string): string => {
  const throws = `() => { throw new Error("Only deliver logs in to networks: send it a request, or remove noLogins."); }`;
  return text
    .replace(connecting, `  connect: ${throws},`)
    .replace(credentials, (block) => block.replaceAll(/\.refine\(.*\)(?=,$)/gm, ""))
    .replaceAll(/\b(?:z\.\w+|\w+\.(?:extend|pick))\(/g, "/* @__PURE__ */ $&");
};

/** Removes the code that logs in to networks, with the client of X. Only deliver logs in, and the other functions send it a request. */
export const noLogins: Plugin = {
  name: "no-logins",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/src\/networks\/.+\.ts$/ }, async ({ path }) => ({
      contents: withoutLogin(await readFile(path, "utf8")),
      loader: "ts",
    }));
  },
};
