import { glob, readFile } from "node:fs/promises";
import validGtld from "twitter-text/dist/regexp/validGTLD.js";
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  domainsIn,
  endpointRulesIn,
  namedErrors,
  withLiteralKeys,
  withNamedErrors,
  withoutDescriptions,
  withoutLogin,
  withoutMemoizer,
} from "../../infra/bundling/lean-sdk.ts";
import dayjs from "../../infra/bundling/stand-ins/dayjs.ts";
import { EndpointCache } from "../../infra/bundling/stand-ins/endpoint-cache.ts";
import { defaultProvider } from "../../infra/bundling/stand-ins/environment-credentials.ts";
import {
  EventStreamSerde,
  eventStreamSerdeProvider,
  resolveEventStreamSerdeConfig,
} from "../../infra/bundling/stand-ins/event-streams.ts";
import punycode, * as mdurl from "../../infra/bundling/stand-ins/mdurl.ts";
import { parse } from "../../infra/bundling/stand-ins/postcss.ts";
import { dump, safeDump } from "../../infra/bundling/stand-ins/yaml-dumper.ts";

describe("a stand-in that is called throws with the name of the library and the next step:", () => {
  test.each([
    ["postcss", parse],
    ["dayjs", dayjs],
    ["mdurl", mdurl.decode],
    ["mdurl", mdurl.encode],
    ["mdurl", mdurl.format],
    ["mdurl", mdurl.parse],
    ["mdurl", punycode.toASCII],
    ["YAML", dump],
    ["YAML", safeDump],
    ["event streams", eventStreamSerdeProvider],
    ["event streams", EventStreamSerde],
  ])("%s", (library, call) => {
    expect(call).toThrow(
      new RegExp(`^.*${library} .*not in the functions' bundles: .*, or remove infra/bundling/stand-ins/`),
    );
  });
});

test("a DynamoDB client is created without discovered endpoints", () => {
  const cache = { getEndpoint: (): unknown => "an endpoint" };
  EndpointCache.call(cache);
  expect(cache.getEndpoint()).toBeUndefined();
});

test("an S3 client is created without event streams", () => {
  const config = { region: "eu-central-1" };
  expect(resolveEventStreamSerdeConfig(config)).toBe(config);
});

describe("the rules for endpoints", () => {
  test.each(["client-s3", "client-dynamodb", "client-ssm", "client-lambda", "client-sqs", "client-sns"])(
    "of %s are those of the SDK",
    async (client) => {
      const file = new URL(import.meta.resolve(`../../node_modules/@aws-sdk/${client}/dist-es/endpoint/bdd.js`));
      const { bdd } = await import(file.href);
      const [nodes, root, conditions, results] = JSON.parse(endpointRulesIn(await readFile(file, "utf8")));
      expect({ nodes, root, conditions, results }).toEqual(
        JSON.parse(JSON.stringify({ ...bdd, nodes: [...bdd.nodes] })),
      );
    },
  );

  test("are not guessed where the SDK writes them otherwise", () => {
    expect(() => endpointRulesIn("export const bdd = 1;")).toThrow("look at endpointRules");
  });
});

describe("a function's credentials", () => {
  beforeEach(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "id");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("AWS_SESSION_TOKEN", undefined);
    return () => vi.unstubAllEnvs();
  });

  test("are read from its environment", async () => {
    vi.stubEnv("AWS_SESSION_TOKEN", "token");
    expect(await defaultProvider()()).toEqual({ accessKeyId: "id", secretAccessKey: "secret", sessionToken: "token" });
  });

  test("need no session token", async () => {
    expect(await defaultProvider()()).toEqual({ accessKeyId: "id", secretAccessKey: "secret" });
  });

  test.each(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])("are reported missing by name without %s", async (name) => {
    vi.stubEnv(name, "");
    await expect(defaultProvider()()).rejects.toThrow(`${name} `);
  });
});

describe("a computed key", () => {
  test("is replaced where it is a string", () => {
    expect(withLiteralKeys('const _h = "http";\nexport var a = [9, { [_h]: 1 }, { [_h]: [_h] }];')).toBe(
      'const _h = "http";\nexport var a = [9, { "http": 1 }, { "http": [_h] }];',
    );
  });

  test.each([
    "const _h = other();\nvar a = { [_h]: 1 };",
    "var a = { [_h]: 1 };",
    'let _h = "http";\nvar a = { [_h]: 1 };',
    'const _h = "a\\"b";\nvar a = { [_h]: 1 };',
  ])("is kept where it may be something else: %j", (text) => {
    expect(withLiteralKeys(text)).toBe(text);
  });
});

test("the registration of an error is kept where an adapter names its class, or where it is the service's exception", () => {
  const registered = (...names: readonly string[]) =>
    names.map((name) => `n0_registry.registerError(${name}$, ${name});`).join("\n");
  expect(withNamedErrors(registered("NoSuchKey", "NoSuchUpload", "S3ServiceException"))).toBe(
    "n0_registry.registerError(NoSuchKey$, NoSuchKey);\n\nn0_registry.registerError(S3ServiceException$, S3ServiceException);",
  );
});

test("every class of the SDK's errors that a function's adapter names is registered", async () => {
  const named = new Set<string>();
  for await (const file of glob("src/{objects,queue,runtimes/lambda,secrets,sources,store}/**/*.ts")) {
    const text = await readFile(file, "utf8");
    const [, imported = ""] = /^import \{([^{}]*)\} from "@aws-sdk\/client-/m.exec(text) ?? [];
    for (const [, name = ""] of text.matchAll(/instanceof (\w+)/g)) if (imported.includes(name)) named.add(name);
  }
  expect([...named].filter((name) => !namedErrors.test(name))).toEqual([]);
  expect([...named]).toContain("ParameterNotFound");
});

test("a network outside deliver has a login that throws, and schemas that are left out where nothing uses them", () => {
  const text = `export const echo = defineNetwork({
  name: "echo",
  credentials: z.object({
    key: z.string().refine((text) => isKey(text)),
  }),
  connect: (login) => connectEcho(login),
});
const made = z.object({ id: z.string() });
const named = made.extend({ name: z.string() });`;
  const lean = withoutLogin(text);
  expect(lean).not.toContain("connectEcho");
  expect(lean).not.toContain("isKey");
  expect(lean).toContain("connect: () => { throw new Error(");
  expect(lean).toContain("const made = /* @__PURE__ */ z.object({ id: /* @__PURE__ */ z.string() });");
  expect(lean).toContain("const named = /* @__PURE__ */ made.extend(");
});

test("descriptions of the API are left out of the bundles, and every line stays one", () => {
  const text = `export const post = z
  .object({ at: moment.describe("When \\"it\\" was."), path: text.describe(
    "Its path.",
  ) })
  .meta({ id: "Post" });
const list = { summary: "Lists.", answer: post };
    summary: "Lists the posts.",
`;
  expect(withoutDescriptions(text)).toBe(`export const post = z
  .object({ at: moment, path: text

 })
;
const list = { summary: "Lists.", answer: post };
    summary: "",
`);
});

describe("the top-level domains in the bundles", () => {
  const file = new URL("../../node_modules/twitter-text/dist/regexp/validGTLD.js", import.meta.url);

  test("match what twitter-text's own pattern matches, and no other word", async () => {
    const pattern = new RegExp(`^${domainsIn(await readFile(file, "utf8"))}$`, "i");
    expect(["com", "museum", "삼성", "рф"].filter((name) => !pattern.test(name))).toEqual(["рф"]);
    expect(pattern.source).toBe(`^${validGtld.source}$`);
    expect(["", "exampl", "md", "comm"].filter((name) => pattern.test(name))).toEqual([]);
  });

  test.each([
    ["no call of RegExp", (text: string) => text.replace("RegExp(", "list(")],
    ["other quotation marks", (text: string) => text.replaceAll("'", '"')],
    ["a shorter list", (text: string) => text.replace(/삼성\|[\s\S]*'\)/, "삼성))')")],
    ["an array", () => "module.exports = ['com', 'org'];"],
  ])("cannot be built of a module with %s", async (_, change) => {
    const text = await readFile(file, "utf8");
    expect(change(text)).not.toBe(text);
    expect(() => domainsIn(change(text))).toThrow(/^twitter-text has its top-level domains in another shape/);
  });
});

describe("zod without its search for cycles", () => {
  test("has no memoizer, which zod takes as none, and says what uses the rest of the module", async () => {
    const path = import.meta.resolve("zod/v4/core").replace(/index\.c?js$/, "memoizer.js");
    const text = withoutMemoizer(await readFile(new URL(path), "utf8"));
    const found = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    expect(found.memoizer()).toBeUndefined();
    expect(() => found.isRecursiveSchema()).toThrow("compile no schema, or remove noMemoizer");
    expect(Object.keys(found)).toContain("isBackEdge");
  });

  test("is not made of a module of another form", () => {
    expect(() => withoutMemoizer("export function other() {}")).toThrow("another form");
  });
});
