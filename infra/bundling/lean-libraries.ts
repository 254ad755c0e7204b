import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** Replaces a text that a library has. Throws if it has none: what was left out would be in the bundles again. */
const replace = (text: string, [from, to]: readonly [from: string | RegExp, to: string], library: string): string => {
  const replaced = text.replace(from, to);
  if (replaced === text)
    throw new Error(`${library} no longer has ${from}: look at what it has, and correct lean-libraries.ts.`);
  return replaced;
};

/**
 * Removes methods of classes and prototypes. esbuild keeps every method, and with it all that it calls. Throws if one is
 * not there.
 */
export const withoutMethods = (text: string, names: readonly string[], library: string): string =>
  names.reduce(
    (rest, name) =>
      replace(
        rest,
        [
          new RegExp(
            `^( +)(?:(?:async|get|set) )?${name}(?:: (?:async )?function \\w+)?\\(.*\\{\\n(?:\\1 .*\\n|\\n)*\\1\\},?\\n`,
            "gm",
          ),
          "",
        ],
        library,
      ),
    text,
  );

/** Methods of zod's schemas that no function calls. A schema is made with `z.email()`, not with `z.string().email()`. */
export const unusedOfSchemas = [
  ...["email", "url", "jwt", "emoji", "guid", "uuid", "uuidv4", "uuidv6", "uuidv7", "nanoid", "cuid", "cuid2", "ulid"],
  ...["base64", "base64url", "xid", "ksuid", "ipv4", "ipv6", "cidrv4", "cidrv6", "e164"],
  ...["datetime", "date", "time", "duration", "lowercase", "uppercase", "slugify", "nonempty"],
  ...["with", "brand", "register", "superRefine", "overwrite", "nonoptional", "or", "and", "apply"],
  ...["isOptional", "isNullable", "parseAsync", "safeParseAsync", "spa", "validate", "validateAsync"],
  ...["encodeAsync", "decodeAsync", "safeEncode", "safeDecode", "safeEncodeAsync", "safeDecodeAsync", "toJSONSchema"],
  ...["keyof", "catchall", "passthrough", "loose", "strip", "safeExtend", "merge", "required"],
  ...["multipleOf", "step", "finite", "safe"],
];

/** The interface for libraries that take schemas of any maker. No function has one. */
const standard = '"~standard"';

/** esbuild keeps all of a module that another one exports as an object, as zod's does with `util`. */
const withOwnUtil = (text: string): string =>
  [
    ['import { util } from "../core/index.js";', 'import * as util from "../core/util.js";'] as const,
    ["core.util.", "util."] as const,
  ].reduce((rest, one) => replace(rest, one, "zod"), text);

/** Returns zod's module of schemas with the methods that are called. Throws if it lacks one of the others. */
export const leanSchemas = (text: string): string =>
  withoutMethods(withOwnUtil(text), [...unusedOfSchemas, standard], "zod");

/** Removes what zod's schemas and errors can and no function asks of them: 20 KB. */
export const leanZod: Plugin = {
  name: "lean-zod",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/zod\/v4\/classic\/schemas\.js$/ }, async ({ path }) => ({
      contents: leanSchemas(await readFile(path, "utf8")),
    }));
    onLoad({ filter: /\/zod\/v4\/core\/schemas\.js$/ }, async ({ path }) => ({
      contents: withoutMethods(await readFile(path, "utf8"), [standard], "zod"),
    }));
    onLoad({ filter: /\/zod\/v4\/classic\/errors\.js$/ }, async ({ path }) => ({
      contents: ["format", "flatten"].reduce(
        (text, name) => replace(text, [new RegExp(`^ *_lazyMethod\\(proto, "${name}",.*\\);$`, "m"), ""], "zod"),
        await readFile(path, "utf8"),
      ),
    }));
  },
};

/** Removes the forms of events that only other services send: a function's URL sends those of API Gateway's version 2. */
export const withOneEvent = (text: string): string =>
  [
    [/^const getProcessor = \(event\) => \{$[\s\S]*?^\};$/m, "const getProcessor = () => v2Processor;"] as const,
    ...["V1Processor", "albProcessor", "latticeV2Processor"].map(
      (name) => [new RegExp(`^const (${name}) = new`, "im"), "const $1 = /* @__PURE__ */ new"] as const,
    ),
  ].reduce((rest, one) => replace(rest, one, "hono/aws-lambda"), text);

export const oneEvent: Plugin = {
  name: "one-event",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/hono\/dist\/adapter\/aws-lambda\/handler\.js$/ }, async ({ path }) => ({
      contents: withOneEvent(await readFile(path, "utf8")),
    }));
  },
};

/** Returns a module of the SDK of which a constant is another one. Throws if it has no such constant. */
const withConstant = (text: string, name: string, value: string): string =>
  replace(
    text,
    [new RegExp(`^export const ${name} = [\\s\\S]*?^\\};$`, "m"), `export const ${name} = ${value};`],
    "the SDK",
  );

/**
 * Removes what the SDK does elsewhere than in a function: it reads `~/.aws/config`, asks the machine for its region, has
 * streams of browsers, and signs events and addresses. A function has its settings in its environment.
 */
export const onlyInFunctions: Plugin = {
  name: "only-in-functions",
  setup: ({ onLoad }) => {
    const load = (filter: RegExp, change: (text: string) => string) =>
      onLoad({ filter }, async ({ path }) => ({ contents: change(await readFile(path, "utf8")) }));
    load(/\/shared-ini-file-loader\/loadSharedConfigFiles\.js$/, (text) =>
      withConstant(text, "loadSharedConfigFiles", "async () => ({ configFile: {}, credentialsFile: {} })"),
    );
    load(/\/regionConfig\/getInstanceMetadataRegion\.js$/, (text) =>
      withConstant(text, "getInstanceMetadataRegion", "async () => undefined"),
    );
    load(/\/util-stream\/sdk-stream-mixin\.browser\.js$/, (text) =>
      withConstant(
        text,
        "sdkStreamMixin",
        `() => { throw new Error("The streams of browsers are not in the functions' bundles: use Node's, or remove onlyInFunctions."); }`,
      ),
    );
    load(/\/signature-v4\/dist-es\/SignatureV4\.js$/, (text) =>
      withoutMethods(
        replace(text, [/^ *headerFormatter = new HeaderFormatter\(\);$/m, ""], "the SDK"),
        ["presign", "signEvent", "signMessage"],
        "the SDK",
      ),
    );
    load(/\/submodules\/protocols\/HttpProtocol\.js$/, (text) =>
      withoutMethods(
        text,
        [
          "serializeEventStream",
          "deserializeEventStream",
          "loadEventStreamCapability",
          "getEventStreamMarshaller",
          "resolveEventStreamMarshaller",
        ],
        "the SDK",
      ),
    );
  },
};
