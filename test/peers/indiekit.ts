import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { htmlTree, textIn } from "../../src/domain/html-tree.ts";
import { networkFetch, type StoredPost, type TestServer } from "../contract/server.ts";
import { connectionOf } from "../support/configured-account.ts";
import { faultProxy, ownRefusals } from "./fault-proxy.ts";
import { installed } from "./install.ts";

const row = z.object({
  properties: z.looseObject({
    url: z.string(),
    content: z.object({ html: z.string() }).default({ html: "" }),
    deleted: z.string().optional(),
  }),
});

type Row = z.output<typeof row>;

/** The part of Express that it needs, whose types are not here. */
interface App extends RequestListener {
  locals: object;
  use(...handlers: readonly unknown[]): void;
}
interface Express {
  (): App;
  json(): unknown;
}
interface Answer {
  readonly locals: Record<string, unknown>;
  status(status: number): Answer;
  json(body: object): void;
}
interface Asked {
  session?: object;
  get(header: string): string | undefined;
}
interface Refused extends Error {
  readonly status?: number;
  readonly code?: string;
}

const paths = (folder: string) => ({ path: `${folder}/{slug}.md`, url: `${folder}/{slug}/` });

/** Each kind of post has an address of its own, as in Indiekit's presets. */
const postTypes = {
  note: { type: "note", name: "Note", post: paths("notes") },
  photo: { type: "photo", name: "Photo", discovery: "photo", post: paths("photos") },
};

/** The site's posts, in the place of its database. */
const collection = () => {
  const rows: Row[] = [];
  const urlIn = (query: object): unknown => Object.values(query)[0];
  const at = (query: object) => rows.findIndex(({ properties }) => properties.url === urlIn(query));
  return {
    rows,
    count: () => 1,
    aggregate: () => ({ toArray: async () => [] }),
    findOne: async (query: object) => structuredClone(rows[at(query)] ?? null),
    replaceOne: async (query: object, found: object, { upsert = false } = {}) => {
      const index = at(query);
      const kept = row.parse(structuredClone(found));
      if (index >= 0) rows[index] = kept;
      else if (upsert) rows.push(kept);
    },
    page: async (after: string | undefined, limit: number) => {
      const newest = rows.toReversed();
      const start = newest.findIndex(({ properties }) => properties.url === after) + 1;
      const items = structuredClone(newest.slice(start, start + limit));
      return { items, hasNext: newest.length > start + limit, lastItem: items.at(-1)?.properties.url };
    },
  };
};

export interface Indiekit {
  readonly url: string;
  readonly rows: readonly Row[];
  readonly token: string;
  /** What the token may do, divided by spaces. */
  scope: string;
  close(): Promise<void>;
}

/** Indiekit's endpoint on the loopback. Its login is a package of its own: a token and its scope are here. */
export const startIndiekit = async (): Promise<Indiekit> => {
  const folder = await installed("indiekit");
  const express: Express = createRequire(join(folder, "package.json"))("express");
  const path = join(folder, "node_modules/@indiekit/endpoint-micropub/index.js");
  const loaded: { readonly default: new () => { readonly routes: unknown } } = await import(pathToFileURL(path).href);
  const posts = collection();
  const app = express();
  const site = { token: "a-token-of-indiekit", scope: "create update delete" };
  app.locals = {
    application: { collections: new Map([["posts", posts]]), timeZone: "UTC", locale: "en" },
    publication: {
      me: "https://site.example/",
      postTypes,
      slugSeparator: "-",
      categories: [],
      channels: {},
      syndicationTargets: [],
      postTemplate: () => "",
      storeMessageTemplate: () => "",
      store: { createFile: async () => {}, updateFile: async () => {}, deleteFile: async () => {} },
    },
  };
  app.use(express.json());
  app.use((request: Asked, response: Answer, next: () => void) => {
    if (request.get("authorization") !== `Bearer ${site.token}`)
      return response.status(401).json({ error: "unauthorized", error_description: "No access token" });
    request.session = { scope: site.scope, token: site.token };
    response.locals.__ = (name: string, value: unknown) => `${name} ${JSON.stringify(value ?? "")}`;
    next();
  });
  app.use("/micropub", new loaded.default().routes);
  // Express takes a handler of four parameters for one of errors.
  app.use((error: Refused, _request: unknown, response: Answer, _next: unknown) =>
    response
      .status(error.status ?? 500)
      .json({ error: error.code ?? "server_error", error_description: error.message }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  return Object.assign(site, {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    rows: posts.rows,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
};

export const postsOn = ({ rows }: Indiekit): readonly StoredPost[] =>
  rows
    .filter(({ properties }) => properties.deleted === undefined)
    .map(({ properties }) => ({
      id: properties.url,
      url: properties.url,
      text: htmlTree(properties.content.html).map(textIn).join(""),
      request: properties,
      pictures: [],
    }));

/** The real endpoint of Micropub. */
export const indiekitServer: TestServer = {
  name: "Indiekit's endpoint",
  lacks: {
    ...ownRefusals,
    login: "the endpoint leaves the login to another package of Indiekit",
    refusal: "Indiekit takes an empty post",
  },
  keepsClock: false,
  open: async (network, configured, clock) => {
    // One endpoint has one site, and each account has its own.
    const indiekit = await startIndiekit();
    const proxy = await faultProxy(indiekit.url, ({ method }) => method === "POST");
    const at = (server: string) => ({
      ...configured,
      settings: { ...configured.settings, endpoint: `${server}/micropub` },
    });
    return {
      account: at(proxy.url),
      connect: ({ at: server = proxy.url, secret = { accessToken: indiekit.token }, ...options } = {}) =>
        connectionOf(network.connect({ account: at(server), secret, fetch: networkFetch, clock, ...options })),
      posts: async () => postsOn(indiekit),
      fault: async (fault) => proxy.fault(fault),
      answerTo: proxy.answerTo,
      close: async () => {
        await proxy.close();
        await indiekit.close();
      },
    };
  },
};
