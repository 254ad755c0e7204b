/** Every way to write an import that the rule itself sees. */
const seen = {
  static: (target: string, n: number) => `import { a${n} } from "${target}";`,
  namespace: (target: string, n: number) => `import * as b${n} from "${target}";`,
  typeOnly: (target: string, n: number) => `import type { C${n} } from "${target}";`,
  inlineType: (target: string, n: number) => `import { type D${n} } from "${target}";`,
  reExport: (target: string, n: number) => `export { e${n} } from "${target}";`,
  typeReExport: (target: string, n: number) => `export type { F${n} } from "${target}";`,
  exportAll: (target: string) => `export * from "${target}";`,
  sideEffect: (target: string) => `import "${target}";`,
  dynamic: (target: string, n: number) => `export const g${n} = () => import("${target}");`,
} as const;

/** Syntax that the plugin forbids everywhere, whatever the target. */
const hidden = [
  'export type Hidden = import("../domain/post.ts").Post;',
  'export const typed = (value: import("../domain/post.ts").Post) => value;',
  "export const computed = (path: string) => import(path);",
  `export const joined = (path: string) => import("../store/" + path);`,
  "export const template = (path: string) => import(`../store/${path}.ts`);",
  "export const fixed = () => import(`../store/index.ts`);",
  'export const required = require("../store/table-store.ts");',
  'export const resolved = require.resolve("../store/table-store.ts");',
  "export const made = createRequire(import.meta.url);",
  'export const builtin = process.getBuiltinModule("node:fs");',
  'export const global = globalThis.process.getBuiltinModule("node:fs");',
  "export const asserted = (value: unknown) => value as string;",
  "export const parsed = (url: string) => URL.canParse(url);",
] as const;

/** Values that a runtime passes as an argument: time, timers and random ids. */
const nondeterministic = [
  "export const now = () => Date.now();",
  "export const clock = Date.now;",
  "export const date = () => new Date();",
  "export const bare = () => new Date;",
  "export const text = () => Date();",
  "export const chance = () => Math.random();",
  "export const unique = () => crypto.randomUUID();",
  'import { randomUUID } from "./neighbour.ts";',
  "export const elapsed = () => performance.now();",
  "export const signal = () => AbortSignal.timeout(1);",
  "export const timer = (act: () => void) => setTimeout(act, 1);",
  "export const timers = (act: () => void) => setInterval(act, 1);",
] as const;

/** These folders run on a real machine only: the local runtime, the command line, the action and the stack. */
const usesTheMachine = /^(?:src\/runtimes\/local|src\/cli|action|infra)\//;

/** Values that these folders get as arguments, too. */
const impure = [
  "export const environment = () => process.env.HOME;",
  'export const request = () => fetch("https://example.com/");',
  "export const roundabout = () => globalThis.Date.now();",
] as const;

const pure = ["src/domain/", "src/networks/", "src/sandbox/"] as const;

interface Place {
  /** The file that everything is planted into. */
  readonly file: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

const core = ["../domain/post.ts", "../ports/store.ts", "./neighbour.ts"] as const;
/** Targets that no adapter may reach, each past a different gap of textual patterns. */
const never = [
  "../compose.ts",
  "../runtimes/local/start.ts",
  "../sandbox/sandbox-server.ts",
  "../cli/crier.ts",
  "./../compose.ts",
  "./../runtimes/local/start.ts",
  "../domain/../compose.ts",
  "./neighbour/../../compose.ts",
  "/etc/passwd",
  "#domain",
  "left-pad",
  "fs",
] as const;
const reaches = (folder: string, own: readonly string[], others: readonly string[]): Place => ({
  file: `src/${folder}/planted.ts`,
  allowed: [...core, ...own],
  forbidden: [...never, ...others],
});
/** The same targets from one folder deeper. */
const deeper = (target: string): string => target.replace(/^((?:\.\/)?)\.\.\//, "$1../../");
const sdk = (client: string) => `@aws-sdk/client-${client}`;

/** design: which folder may import what, by examples of both sides. */
const places: readonly Place[] = [
  {
    file: "src/domain/planted.ts",
    allowed: ["./post.ts"],
    forbidden: [
      ...never,
      "../ports/store.ts",
      "zod",
      "node:crypto",
      "./../ports/store.ts",
      "../app/ingest/ingest-document.ts",
    ],
  },
  {
    file: "src/ports/planted.ts",
    allowed: ["../domain/post.ts", "./store.ts"],
    forbidden: [...never, "../store/table-store.ts", "zod", "node:fs"],
  },
  {
    file: "src/index.ts",
    allowed: ["./config.ts"],
    forbidden: [...never, "./config/schema.ts", "./domain/site.ts", "./compose.ts", "zod", "node:fs"],
  },
  {
    file: "src/config.ts",
    allowed: ["./config/schema.ts", "./domain/site.ts", "./feeds/index.ts", "zod"],
    forbidden: [
      "./networks/index.ts",
      "./networks/x.ts",
      "./feeds/rss.ts",
      "./store/table-store.ts",
      "./compose.ts",
      "node:fs",
      "../crier.config.ts",
    ],
  },
  {
    file: "src/config/planted.ts",
    allowed: ["./messages.ts", "../domain/site.ts", "../feeds/index.ts", "../networks/index.ts", "zod"],
    forbidden: ["../networks/x.ts", "../feeds/rss.ts", "../config.ts", "../compose.ts", "node:fs"],
  },
  {
    file: "src/compose.ts",
    allowed: [
      "./config.ts",
      "./ports/store.ts",
      "./app/ingest/ingest-document.ts",
      "./store/table-store.ts",
      "./api/http-api.ts",
      "node:crypto",
    ],
    forbidden: [
      "./runtimes/local/start.ts",
      "./cli/crier.ts",
      "./sandbox/sandbox-server.ts",
      "dynalite",
      "./app/../runtimes/local/start.ts",
    ],
  },
  {
    file: "src/contract/planted.ts",
    allowed: ["./values.ts", "../domain/post.ts", "zod"],
    forbidden: [...never, "../ports/store.ts", "../app/results.ts", "../api/operations.ts", "hono", "node:crypto"],
  },
  reaches(
    "app",
    ["./ingest/ingest-document.ts", "../contract/posts.ts"],
    ["../store/table-store.ts", "../api/http-api.ts", "node:crypto", "zod", sdk("s3")],
  ),
  {
    file: "src/app/planted/planted.ts",
    allowed: [
      "../../contract/posts.ts",
      "../../domain/post.ts",
      "../../ports/store.ts",
      "../results.ts",
      "../status/plan.ts",
      "./neighbour.ts",
    ],
    forbidden: [
      ...never.map(deeper),
      "../../store/table-store.ts",
      "../../domain/../compose.ts",
      "../ingest/../../compose.ts",
      "node:crypto",
      "zod",
    ],
  },
  reaches(
    "sources",
    ["node:fs", "node:fs/promises", "zod", sdk("s3")],
    [
      "../documents/page-path.ts",
      "../feeds/index.ts",
      "../app/ingest/ingest-document.ts",
      "gray-matter",
      "hono",
      sdk("dynamodb"),
    ],
  ),
  reaches(
    "feed-reader",
    ["htmlparser2", "node:zlib"],
    ["../documents/page-path.ts", "../markdown/urls.ts", "../outside/guarded-client.ts", "saxes", "zod", "node:fs"],
  ),
  reaches(
    "processes",
    ["node:child_process", "node:path", "node:process"],
    ["../parsing/parsers-in-child.ts", "../app/ingest/ingest-document.ts", "../compose.ts", "node:fs", "zod"],
  ),
  reaches(
    "parsing",
    ["../documents/parse-document.ts", "../feed-reader/read-feed.ts", "../processes/child-process.ts", "node:vm"],
    [
      "node:child_process",
      "../markdown/markdown.ts",
      "../app/ingest/ingest-document.ts",
      "../compose.ts",
      "markdown-it",
      "node:fs",
      "zod",
    ],
  ),
  reaches(
    "pictures",
    ["sharp", "zod", "../processes/child-process.ts", "node:path"],
    [
      "node:child_process",
      "../objects/s3-objects.ts",
      "../outside/guarded-client.ts",
      "../compose.ts",
      "node:fs",
      sdk("s3"),
    ],
  ),
  reaches(
    "documents",
    ["../markdown/markdown.ts", "gray-matter", "js-yaml", "smol-toml"],
    [
      "../sources/folder-source.ts",
      "../feeds/index.ts",
      "../app/ingest/ingest-document.ts",
      "markdown-it",
      "node:fs",
      sdk("s3"),
    ],
  ),
  reaches(
    "markdown",
    ["markdown-it", "markdown-it-footnote", "sanitize-html"],
    ["../documents/page-path.ts", "../feeds/index.ts", "gray-matter", "node:fs", "zod"],
  ),
  reaches(
    "feeds",
    ["feed", "saxes", "hono/html", "./feed-messages-latin.ts"],
    [
      "../documents/parse-document.ts",
      "../store/table-store.ts",
      "hono",
      "zod",
      "node:fs",
      "../app/render/render-feed.ts",
    ],
  ),
  reaches(
    "networks",
    ["zod", "twitter-api-v2", "twitter-text", "@noble/secp256k1", "@scure/base", "../outside/webhook-signature.ts"],
    [
      "node:https",
      "../outside/guarded-client.ts",
      "../store/table-store.ts",
      "../feeds/index.ts",
      "../app/deliver/settle.ts",
      "hono",
      sdk("ssm"),
    ],
  ),
  {
    file: "src/networks/planted/planted.ts",
    allowed: ["./neighbour.ts", "../http.ts", "../../domain/post.ts", "../../ports/networks.ts", "zod", "@scure/base"],
    forbidden: [
      ...never.map(deeper),
      "../x/x.ts",
      "../../outside/webhook-signature.ts",
      "../../store/table-store.ts",
      "twitter-api-v2",
      "node:https",
    ],
  },
  reaches(
    "store",
    ["zod", sdk("dynamodb"), "@aws-sdk/util-dynamodb", "node:sqlite", "node:zlib", "node:crypto"],
    [
      "../objects/s3-objects.ts",
      "../runtimes/lambda/compose-functions.ts",
      "../networks/index.ts",
      "node:fs",
      "dynalite",
      sdk("s3"),
    ],
  ),
  {
    file: "src/store/keys.ts",
    allowed: ["../ports/store.ts", "../domain/feed.ts"],
    forbidden: [...never, sdk("dynamodb"), "@aws-sdk/util-dynamodb", "node:sqlite", "zod", "./table.ts"],
  },
  reaches("objects", [sdk("s3"), "node:fs/promises", "node:path"], ["../store/keys.ts", "zod", sdk("dynamodb")]),
  reaches(
    "transfer",
    ["../store/table-store.ts", "../objects/s3-objects.ts", "../app/publish/write-receipts.ts", "node:fs", sdk("s3")],
    ["../app/publish/publish-post.ts", "../networks/index.ts", "../config.ts", "hono", "node:sqlite", sdk("ssm")],
  ),
  reaches("queue", [sdk("sqs")], ["../store/table-store.ts", "../app/publish/publish-post.ts", sdk("s3"), "node:fs"]),
  reaches(
    "outside",
    [
      "ipaddr.js",
      "ws",
      sdk("sns"),
      "node:http",
      "node:https",
      "node:net",
      "node:dns/promises",
      "node:stream",
      "node:zlib",
    ],
    ["../networks/http.ts", "../store/keys.ts", "../app/render/hub-pings.ts", "node:fs", "zod", sdk("s3")],
  ),
  {
    file: "src/aws-account/planted.ts",
    allowed: ["../domain/time.ts", "../secrets/aws-failure.ts", sdk("cloudformation"), sdk("lambda"), sdk("sts")],
    forbidden: [...never, "../secrets/parameters.ts", "../config.ts", sdk("ssm"), "zod", "node:fs"],
  },
  reaches(
    "secrets",
    [sdk("ssm"), "node:crypto"],
    ["../networks/index.ts", "../store/keys.ts", sdk("dynamodb"), "node:fs"],
  ),
  reaches(
    "api",
    ["../app/results.ts", "../contract/posts.ts", "hono", "hono/html", "zod"],
    ["../store/table-store.ts", "../networks/index.ts", "../config.ts", "node:fs", sdk("s3")],
  ),
  reaches(
    "console",
    ["../app/status/status.ts", "../contract/posts.ts", "hono", "hono/html", "node:crypto"],
    [
      "../api/http-api.ts",
      "../store/table-store.ts",
      "../networks/index.ts",
      "../config.ts",
      "zod",
      "node:fs",
      sdk("s3"),
    ],
  ),
  {
    file: "src/sandbox/planted.ts",
    allowed: [
      "../domain/post.ts",
      "./neighbour.ts",
      "./schemas/x.json",
      "ajv/dist/2020.js",
      "ajv-formats",
      "hono",
      "hono/html",
      "standardwebhooks",
      "@noble/secp256k1",
      "ws",
      "zod",
    ],
    forbidden: [
      "../ports/store.ts",
      "../networks/x.ts",
      "../api/http-api.ts",
      "../store/table-store.ts",
      "node:fs",
      "twitter-text",
    ],
  },
  {
    file: "src/runtimes/planted.ts",
    allowed: ["./neighbour.ts", "../ports/runtime.ts", "node:crypto"],
    forbidden: ["../compose.ts", "../domain/post.ts", "./local/start.ts", "node:fs", "zod", "../domain/../compose.ts"],
  },
  {
    file: "src/runtimes/local/planted.ts",
    allowed: [
      "../system-runtime.ts",
      "../../compose.ts",
      "../../config.ts",
      "../../feeds/index.ts",
      "../../api/http-api.ts",
      "../../sandbox/timeline.ts",
      "../../store/table-store.ts",
      "../../sources/local-sources.ts",
      "../../sources/site-sources.ts",
      "../../store/sqlite-table.ts",
      "../../transfer/export-file.ts",
      "./start.ts",
      "node:sqlite",
    ],
    forbidden: [
      "../../cli/crier.ts",
      "../../networks/x.ts",
      "../../feeds/rss.ts",
      "../../objects/s3-objects.ts",
      "../../sources/lambda-sources.ts",
      "../../sources/folder-source.ts",
      "../../app/ingest/ingest-document.ts",
      "../../domain/../cli/crier.ts",
      "./../../cli/crier.ts",
      "./start.ts/../../../cli/crier.ts",
      "../../store/dynamo-table.ts",
      "../lambda/compose-functions.ts",
      "dynalite",
      "left-pad",
      sdk("dynamodb"),
      sdk("sqs"),
    ],
  },
  {
    file: "src/runtimes/lambda/planted.ts",
    allowed: [
      "../system-runtime.ts",
      "../../compose.ts",
      "../../store/keys.ts",
      "../../sources/lambda-sources.ts",
      "../../sources/source-kind.ts",
      "crier-config",
      sdk("ssm"),
      sdk("lambda"),
    ],
    forbidden: [
      "../../config.ts",
      "../../cli/crier.ts",
      "../../sandbox/timeline.ts",
      "../../sources/local-sources.ts",
      "../../domain/../cli/crier.ts",
      "../local/start.ts",
      "../../../infra/stack.ts",
      "dynalite",
      "node:fs",
    ],
  },
  {
    file: "src/cli/planted.ts",
    allowed: [
      "../api/api-client.ts",
      "../documents/parse-document.ts",
      "../outside/connect-outside.ts",
      "../runtimes/local/read-config.ts",
      "../transfer/export-file.ts",
      "../networks/index.ts",
      "../secrets/parameters.ts",
      "../sources/site-sources.ts",
      "commander",
      "node:util",
    ],
    forbidden: [
      "../compose.ts",
      "../api/http-api.ts",
      "../outside/guarded-client.ts",
      "../runtimes/local/start.ts",
      "../networks/x.ts",
      "../secrets/ssm-secrets.ts",
      "../sources/folder-source.ts",
      "../store/table.ts",
      "../app/ingest/ingest-document.ts",
      sdk("dynamodb"),
      sdk("ssm"),
    ],
  },
  {
    file: "action/planted.ts",
    allowed: ["./step.ts", "../src/cli/program.ts", "../src/runtimes/local/start.ts", "../src/domain/errors.ts", "zod"],
    forbidden: [
      "../src/compose.ts",
      "../src/store/table-store.ts",
      "../src/runtimes/local/private-files.ts",
      "../infra/stack.ts",
      "../crier.config.ts",
      sdk("s3"),
      "left-pad",
    ],
  },
  {
    file: "functions/planted.ts",
    allowed: ["../src/runtimes/lambda/compose-functions.ts", "aws-lambda", "hono/aws-lambda"],
    forbidden: [
      "./neighbour.ts",
      "../src/domain/post.ts",
      "../src/app/ingest/ingest-document.ts",
      "../src/store/table-store.ts",
      "../src/runtimes/local/start.ts",
      "../infra/stack.ts",
      "zod",
    ],
  },
  {
    file: "infra/planted.ts",
    allowed: [
      "./stack.ts",
      "./constructs/table.ts",
      "../src/store/keys.ts",
      "../src/config.ts",
      "../src/domain/installation.ts",
      "aws-cdk-lib/aws-s3",
    ],
    forbidden: [
      "../src/store/table-store.ts",
      "../src/compose.ts",
      "../functions/web.ts",
      "../src/app/results.ts",
      sdk("s3"),
    ],
  },
  {
    file: "infra/constructs/planted.ts",
    allowed: ["./neighbour.ts", "../limits.ts", "../../src/store/keys.ts", "aws-cdk-lib", "constructs", "node:path"],
    forbidden: ["../../src/store/table-store.ts", "../../src/compose.ts", "../../functions/web.ts", sdk("s3")],
  },
];

export interface Planted {
  readonly file: string;
  readonly lines: readonly { readonly source: string; readonly caught: boolean }[];
}

const linesOf = ({ file, allowed, forbidden }: Place): Planted["lines"] => [
  ...[...allowed.map((target) => ({ target, caught: false })), ...forbidden.map((target) => ({ target, caught: true }))]
    .flatMap(({ target, caught }) => Object.values(seen).map((form) => ({ form, target, caught })))
    .map(({ form, target, caught }, n) => ({ source: form(target, n), caught })),
  ...hidden.map((source) => ({ source, caught: true })),
  { source: 'export const literal = ["x"] as const;', caught: false },
  ...nondeterministic.map((source) => ({ source, caught: !usesTheMachine.test(file) })),
  ...(pure.some((folder) => file.startsWith(folder)) ? impure.map((source) => ({ source, caught: true })) : []),
  { source: "export const formatted = (at: number) => new Date(at).toISOString();", caught: false },
];

export const planted: readonly Planted[] = places.map((place) => ({ file: place.file, lines: linesOf(place) }));
