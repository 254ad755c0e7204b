import fc from "fast-check";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { networks } from "../../src/networks/index.ts";
import type { SandboxEnv } from "../../src/sandbox/emulator.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { type ApiSchema, type Formats, requestCheck, schemaMistakes } from "../../src/sandbox/request-check.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, nthKey, sendWhole } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { runs } from "../support/runs.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

/** Checks requests whose paths are those of the API. */
const checkOf = (schema: ApiSchema, formats?: Formats) => {
  const check = requestCheck(schema, formats);
  const app = new Hono<SandboxEnv>();
  app.all("*", async (c) => Response.json((await check.request(c, c.req.path)) ?? "valid"));
  return async (path: string, init: RequestInit = {}): Promise<unknown> =>
    (await app.request(`http://127.0.0.1${path}`, init)).json();
};

const json = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const nothing: ApiSchema = { servers: [], paths: {}, components: { schemas: {} } };

const text = { type: "string" };
const api: ApiSchema = {
  servers: [{ url: "https://network.example/api/v1" }],
  paths: {
    "/posts/{id}": {
      get: {
        operationId: "read",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "integer" } },
          { name: "full", in: "query", schema: { type: "boolean" } },
          { name: "tags", in: "query", schema: { type: "array", items: text, maxItems: 2 } },
          { name: "Api-Version", in: "header", required: true, schema: { enum: ["1"] } },
        ],
      },
    },
    "/posts": {
      post: {
        operationId: "write",
        requestBody: {
          required: true,
          content: {
            "application/json": { schema: { $ref: "#/components/schemas/Post" } },
            "application/x-www-form-urlencoded": { schema: { $ref: "#/components/schemas/Form" } },
            "multipart/form-data": { schema: { $ref: "#/components/schemas/Form" } },
          },
        },
      },
    },
    "/any": { post: { operationId: "store", requestBody: { content: { "image/*": {} } } } },
  },
  components: {
    schemas: {
      Post: { oneOf: [{ $ref: "#/components/schemas/Note" }, { $ref: "#/components/schemas/Poll" }] },
      Base: { type: "object", properties: { lang: { type: ["string", "null"], maxLength: 2 } } },
      Note: {
        allOf: [
          { $ref: "#/components/schemas/Base" },
          {
            required: ["text"],
            properties: { text, cards: { type: "array", items: { $ref: "#/components/schemas/Card" } } },
          },
        ],
      },
      Poll: {
        allOf: [{ $ref: "#/components/schemas/Base" }, { required: ["options"], properties: { options: {} } }],
      },
      Card: {
        type: "object",
        properties: { title: text, more: { type: "object" }, next: { $ref: "#/components/schemas/Card" } },
      },
      Form: {
        type: "object",
        required: ["file"],
        properties: {
          file: { type: "string", format: "binary" },
          size: { type: "integer" },
          ids: { type: "array", items: text },
        },
      },
    },
  },
};

describe("a mistake in a schema is one line", () => {
  const body = (schema?: ApiSchema["components"]["schemas"][string]): ApiSchema => ({
    ...nothing,
    paths: {
      "/posts": {
        post: {
          operationId: "write",
          requestBody: { content: { "application/json": schema === undefined ? {} : { schema } } },
        },
      },
    },
  });

  test.each(emulators.map(({ network, schema }) => [network, schema] as const))("%s has none", (_, schema) => {
    expect(schemaMistakes(schema)).toEqual([]);
  });

  test.each([
    [
      { type: "object", properties: { text: { type: "sting" } } },
      /^POST \/posts, application\/json: properties\.text\.type must be /,
    ],
    [{ $ref: "#/components/schemas/Pots" }, "POST /posts, application/json: there is no #/components/schemas/Pots"],
    [{ properties: { a: { items: { $ref: "#/Post" } } } }, "POST /posts, application/json: there is no #/Post"],
  ])("in %j: the place, and what is wrong there", (schema, line) => {
    expect(schemaMistakes(body(schema))).toEqual([expect.stringMatching(line)]);
  });

  test.each([[{}], [{ type: "object" }], [{ type: "object", required: ["text"] }]])(
    "a body of %j names no fields, and is refused: any request would be valid",
    (schema) => {
      const line = /^POST \/posts, application\/json: the body's schema names no fields: add its properties/;
      expect(schemaMistakes(body(schema))).toEqual([expect.stringMatching(line)]);
      const named = { ...body({ $ref: "#/components/schemas/Post" }), components: { schemas: { Post: schema } } };
      expect(schemaMistakes(named)).toEqual([expect.stringMatching(line)]);
      expect(() => requestCheck(named)).toThrow(/ has a mistake: POST \/posts/);
    },
  );

  test("a body of any bytes, or of any fields, is refused only if that is not said", () => {
    expect(schemaMistakes(body())).toEqual([]);
    expect(schemaMistakes(body({ type: "object", additionalProperties: true }))).toEqual([]);
    expect(schemaMistakes(body({ type: "array", items: {} }))).toEqual([]);
    expect(schemaMistakes(api)).toEqual([]);
  });

  test("what is missing or misplaced is named by its place", () => {
    // The schemas that are written by hand are made like this; only the compiler checks them.
    const withoutComponents: ApiSchema = JSON.parse('{"servers":[],"paths":{"/posts":{"post":{}}}}');
    expect(schemaMistakes(withoutComponents)).toEqual([
      expect.stringMatching(/^paths \/posts post operationId: /),
      expect.stringMatching(/^components: /),
    ]);
  });
});

describe("a request is checked by its schema", () => {
  const check = checkOf(api);
  const read = (path: string, headers: Readonly<Record<string, string>> = { "api-version": "1" }) =>
    check(`/api/v1/posts/${path}`, { headers });
  const write = (body: unknown) => check("/api/v1/posts", json(body));

  test("by its method and path", async () => {
    expect(await read("12")).toBe("valid");
    for (const [path, method] of [
      ["/posts/12", "GET"],
      ["/api/v1/posts/12", "DELETE"],
      ["/api/v1/posts/12/likes", "GET"],
    ] as const)
      expect(await check(path, { method })).toBe("absent");
    expect(await read("a")).toMatchObject({ location: "path", path: ["id"], message: "must be integer" });
  });

  test("by its query and its headers, which are texts", async () => {
    expect(await read("12?full=true&tags=a&tags=b")).toBe("valid");
    expect(await read("12?tags=a")).toBe("valid");
    expect(await read("12?full=yes")).toMatchObject({ location: "query", path: ["full"], message: "must be boolean" });
    expect(await read("12?tags=a&tags=b&tags=c")).toMatchObject({ path: ["tags"], keyword: "maxItems", limit: 2 });
    expect(await read("12?ful=true")).toMatchObject({ location: "query", path: ["ful"], keyword: "unknown" });
    expect(await read("12", {})).toMatchObject({ location: "header", path: ["api-version"], keyword: "required" });
    expect(await read("12", { "api-version": "2" })).toMatchObject({ location: "header", keyword: "enum" });
  });

  test("by its body, in which a field has the type that the schema names", async () => {
    expect(await write({ text: "a", lang: null, cards: [{ title: "b", more: { c: 1 }, next: {} }] })).toBe("valid");
    expect(await write({ options: [1] })).toBe("valid");
    expect(await write({ text: 1 })).toMatchObject({ location: "body", path: ["text"], message: "must be string" });
    expect(await write({ text: "a", lang: "abc" })).toMatchObject({ path: ["lang"], keyword: "maxLength", limit: 2 });
    expect(await write({ lang: "ab" })).toMatchObject({ keyword: "required" });
    expect(await write([])).toMatchObject({ location: "body" });
  });

  test("and has no field that the schema does not name, however deep, in whatever form the schema has", async () => {
    const planted = (body: unknown, field: string) =>
      write(body).then((found) =>
        expect(found).toMatchObject({ keyword: "unknown", path: expect.arrayContaining([field]) }),
      );
    await planted({ text: "a", txt: "b" }, "txt");
    await planted({ text: "a", options: [] }, "options");
    await planted({ text: "a", cards: [{ titel: "b" }] }, "titel");
    await planted({ text: "a", cards: [{ next: { next: { titel: "b" } } }] }, "titel");
  });

  test("by the type of its body, which can be read, and is there", async () => {
    const body = (type: string, sent: string, path = "posts") =>
      check(`/api/v1/${path}`, { method: "POST", headers: { "content-type": type }, body: sent });
    expect(await body("text/plain", "{}")).toMatchObject({ keyword: "media-type", message: /application\/json/ });
    expect(await body("application/json; charset=utf-8", "{")).toMatchObject({ keyword: "media-type" });
    expect(await body("application/json", "")).toMatchObject({ location: "body", keyword: "required" });
    expect(await body("image/png", "png", "any")).toBe("valid");
    expect(await body("text/html", "html", "any")).toMatchObject({ keyword: "media-type" });
    expect(await check("/api/v1/any", { method: "POST" })).toBe("valid");
  });

  test("also in a form, whose files are files", async () => {
    const send = (...fields: readonly (readonly [string, string | Blob])[]) => {
      const form = new FormData();
      for (const [name, value] of fields) form.append(name, value);
      return check("/api/v1/posts", { method: "POST", body: form });
    };
    const file = ["file", new Blob(["a"])] as const;
    expect(await send(file, ["size", "12"], ["ids[]", "a"], ["ids[]", "b"])).toBe("valid");
    expect(await send(["file", "a"])).toMatchObject({ path: ["file"], keyword: "isFile" });
    expect(await send(file, ["size", "a"])).toMatchObject({ path: ["size"], message: "must be integer" });
    expect(await send(file, ["ids[]", new Blob(["a"])])).toMatchObject({ path: ["ids", "0"] });
    expect(await send(file, ["sizes", "a"])).toMatchObject({ path: ["sizes"], keyword: "unknown" });
    expect(await check("/api/v1/posts", { method: "POST", body: new URLSearchParams({ size: "1" }) })).toMatchObject({
      path: ["file"],
      keyword: "required",
    });
  });
});

test("a picture of 5 MB in base64 is checked, too", () => {
  const { value } = requestCheck({
    ...nothing,
    components: { schemas: { Picture: { type: "string", format: "byte" }, Link: { type: "string", format: "uri" } } },
  });
  expect(value("Picture", "AAAA".repeat(1_700_000))).toBe(undefined);
  for (const text of ["AAA", "A=AA", "A A="]) expect(value("Picture", text)).toMatchObject({ keyword: "format" });
  expect(value("Link", "https://blog.example.com/a[1]|b")).toBe(undefined);
  for (const text of ["blog.example.com", "https://blog.example.com/a b", "https://bücher.example/", "https://"])
    expect(value("Link", text)).toMatchObject({ keyword: "format" });
  expect(() => value("Image", "")).toThrow("Image");
});

/** A login in a sandbox, with the requests that it sends. */
const loginOf = (network: (typeof networks)[number]) => {
  const account = aConfiguredAccount({ name: "me", network: network.name });
  const timeline = timelineInMemory();
  const app = sandboxApp({ timeline, accounts: [account], clock: () => start });
  const requests: Request[] = [];
  const connection = connectionOf(
    network.connect({
      account,
      secret: network.sandboxCredentials(account),
      sandbox: `http://127.0.0.1/sandbox/api/${network.name}/me`,
      fetch: async (url, init) => {
        const request = new Request(url, init);
        requests.push(request.clone());
        return app.fetch(request);
      },
      clock: () => start,
    }),
  );
  return { account, timeline, connection, requests };
};

/** Every request of a login: who it is, a post, its edit, a look at it, its deletion. */
const requestsOf = async (network: (typeof networks)[number]): Promise<readonly Request[]> => {
  const { account, connection, requests } = loginOf(network);
  const { request } = network.compose(aSnippet(), account);
  const key = nthKey(network, 1);
  await connection.whoAmI(noDeadline());
  const sent = await sendWhole(connection, request, key);
  if (sent.kind !== "posted") throw new Error(JSON.stringify(sent));
  const { request: edited } = network.compose(aSnippet({ text: "Corrected." }), account);
  await connection.edit?.(sent.remote, edited, noDeadline());
  await connection.find?.({ request, key, url: aSnippet().url, since: start - 1000 }, noDeadline());
  await connection.remove?.(sent.remote, noDeadline());
  return requests;
};

/** Addresses as documents have them. */
const addresses = fc
  .constantFrom(
    "https://blog.example.com/",
    "https://bücher.example/straße?q=ä&r=日本/",
    "https://blog.example.com/a(b)[c]{d}|e^f`g'h,i;j*k/",
  )
  .map((address) => new URL(address).href);

const signsEvents = ({ components }: ApiSchema): boolean => "sig" in Object(components.schemas.Event?.properties);

describe.each(networks.map((network) => [network.name, network] as const))("the schema of %s", (name, network) => {
  const { schema, formats } = emulators.find((emulator) => emulator.network === name) ?? { schema: nothing };
  const check = checkOf(schema, formats);
  const asked = async (request: Request, change: RequestInit = {}, parameter = "") => {
    const url = new URL(request.url);
    const path = url.pathname.replace(`/sandbox/api/${name}/me`, "") || "/";
    const body = request.method === "GET" ? null : await request.clone().text();
    const { method, headers } = request;
    if (parameter !== "") url.search += `${url.search === "" ? "?" : "&"}${parameter}`;
    return check(path + url.search, { method, headers, ...(body ? { body } : {}), ...change });
  };

  test("allows each request that Crier sends", async () => {
    for (const request of await requestsOf(network)) expect(await asked(request)).toBe("valid");
  });

  test("refuses each of them with a parameter, a field or a body that it does not have", async () => {
    for (const request of await requestsOf(network)) {
      expect(await asked(request, {}, "planted=1")).toMatchObject({ location: "query", path: ["planted"] });
      expect(await asked(request, { method: "OPTIONS" })).toBe("absent");
      const isJson = request.headers.get("content-type")?.startsWith("application/json");
      const fields: unknown = isJson ? await request.clone().json() : undefined;
      if (fields === undefined || Array.isArray(fields)) continue;
      const plant = (body: unknown) => asked(request, { body: JSON.stringify(body) });
      expect(await plant({ ...Object(fields), planted: 1 })).toMatchObject({ location: "body", path: ["planted"] });
      expect(await plant([])).toMatchObject({ location: "body", path: [] });
      expect(
        await asked(request, { headers: { ...Object.fromEntries(request.headers), "content-type": "text/plain" } }),
      ).toMatchObject({
        keyword: "media-type",
      });
    }
  });

  test("is what its emulator goes by: a field that is planted in a post reaches no timeline", async () => {
    const { account, connection, timeline } = loginOf(network);
    const { request } = network.compose(aSnippet(), account);
    const outcome = await connection.send({ ...request, planted: "here" }, nthKey(network, 1), noDeadline());
    expect(JSON.stringify(timeline.all())).not.toContain("planted");
    // A network that signs its events sends no unknown fields.
    expect([outcome.kind, timeline.all().length]).toEqual(signsEvents(schema) ? ["posted", 1] : ["rejected", 0]);
  });

  test("allows every post, whatever its words and its address", async () => {
    const { account, connection } = loginOf(network);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(snippets, addresses, async (snippet, address) => {
        count += 1;
        const url = `${address}${count}/`;
        const { request } = network.compose(aSnippet({ ...snippet, url, image: { url, alt: "" } }), account);
        const key = nthKey(network, count);
        const outcome = await sendWhole(connection, request, key);
        // An equal text is refused by its network.
        expect([outcome, "posted", "duplicate"]).toContain(outcome.kind);
      }),
      { numRuns: runs(100) },
    );
  });
});
