import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod";
import { webApp } from "../../src/api/http-api.ts";
import { minute } from "../../src/domain/time.ts";
import { composeTestedApp } from "../support/app.ts";
import { anAccount } from "../support/builders.ts";
import { drawnSeed } from "../support/drawn-seed.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";
import { type ApiRequest, anyRequest, canBeRefused, operationsOf } from "./api-requests.ts";

/** `npm run fuzz:api` sends 50,000. */
const count = z.coerce.number().int().positive().default(2_500).parse(process.env.REQUESTS);

const text = await readFile(new URL("../../src/api/openapi.json", import.meta.url), "utf8");
const operations = operationsOf(text);
const token = "a-secret-token-of-this-test";

/** The schemas of the description with closed objects: an answer has no field that it does not name. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const all = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closed(inner)]));
  return "properties" in value && !("additionalProperties" in value) ? { ...all, additionalProperties: false } : all;
};

const validators = () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  const { components } = z.looseObject({ components: z.unknown() }).parse(JSON.parse(text));
  ajv.addSchema({ $id: "crier", components: closed(components) });
  const known = new Map<string, ValidateFunction>();
  return (schema: unknown): ValidateFunction => {
    const id = JSON.stringify(closed(schema)).replaceAll('"#/components', '"crier#/components');
    const validate = known.get(id) ?? ajv.compile(JSON.parse(id));
    known.set(id, validate);
    return validate;
  };
};

const responseOf = z.looseObject({
  $ref: z.string().optional(),
  content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional(),
});
const problemSchema = { $ref: "#/components/schemas/Problem" };
const validator = validators();

/** What is wrong with an answer. */
const faultsOf = (request: ApiRequest, response: Response, body: string): readonly string[] => {
  const { status, headers } = response;
  const { forbidden, operation } = request;
  if (status === 500) return ["it is a fault of Crier"];
  if (body.includes(token)) return ["the token is in the answer"];
  if (forbidden !== undefined && !forbidden.statuses.includes(status))
    return [`${forbidden.what} is answered with ${status}`];
  const described = responseOf.safeParse(operation.responses[status]).data;
  if (forbidden === undefined && described === undefined) return [`${status} is not described`];
  if (forbidden === undefined && (status === 415 || (status === 400 && !canBeRefused(request))))
    return [`what is allowed is refused: ${body}`];
  if (status === 304) return body === "" ? [] : ["a 304 has a body"];
  const isProblem = status >= 400;
  const type = isProblem ? "application/problem+json" : "application/json";
  if (!headers.get("Content-Type")?.startsWith(type)) return [`its type is ${headers.get("Content-Type")}`];
  const json: unknown = JSON.parse(body);
  if (operation.path === "/api/openapi.json" && !isProblem)
    return isDeepStrictEqual(json, JSON.parse(text)) ? [] : ["it is another description"];
  const validate = validator(isProblem ? problemSchema : described?.content?.[type]?.schema);
  return validate(json) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** Posts and deliveries in many states. */
const aBusyWorld = async (): Promise<World> => {
  const world = await aWorld({
    accounts: [
      anAccount({ name: "one", network: "paper" }),
      anAccount({ name: "two", network: "paper", approve: true }),
    ],
  });
  const put = (slug: string, fields: Readonly<Record<string, unknown>> = {}) =>
    world.app.put(slug, new TextEncoder().encode(aDocument({ slug, title: slug, ...fields })), {});
  await put("one");
  await world.sweep();
  world.paper.fates.push("limited");
  await put("two");
  await world.sweep();
  for (const year of ["2019", "2022"]) await put(`${year}/same`, { slug: "same", canonical_url: `/${year}/same/` });
  world.write("broken.md", "---\ntype: article\n---\nNo title.");
  world.write("about.md", "---\ntitle: About\nlayout: page\n---\nx");
  for (const path of ["broken.md", "about.md"]) await world.ingest(path);
  return world;
};

const sender = (world: World, web: ReturnType<typeof webApp>) => {
  const current = async () => {
    const post = await world.app.status("one");
    const state = world.clock() % 2 === 0 ? "pending" : "held";
    const { rows } = await world.app.deliveries(state);
    return { id: rows[0]?.id ?? post?.deliveries[0]?.id ?? "none", etag: post?.etag ?? "none" };
  };
  return async ({ method, path, headers, body }: ApiRequest): Promise<Response> => {
    const { id, etag } = await current();
    const fill = (value: string): string =>
      value
        .replaceAll("TOKEN", token)
        .replaceAll("ETAG", etag)
        .replaceAll(/(?<![A-Z])ID(?![A-Z])/g, id);
    const all = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
    return web.request(`http://crier.test${fill(path)}`, { method, headers: all, ...(body !== undefined && { body }) });
  };
};

const show = ({ method, path, headers, body, forbidden }: ApiRequest): string =>
  JSON.stringify({ method, path, headers, body, forbidden: forbidden?.what });

const fuzz = async (world: World, web: ReturnType<typeof webApp>, requests: readonly ApiRequest[]) => {
  const send = sender(world, web);
  const [faults, statuses]: [string[], Map<number, number>] = [[], new Map()];
  for (const [at, request] of requests.entries()) {
    const response = await send(request);
    const found = faultsOf(request, response, await response.text());
    faults.push(...found.map((fault) => `request ${at}: ${fault}: ${show(request)}`));
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (faults.length > 20) break;
    if (at % 25 !== 24) continue;
    world.turn(minute);
    if (at % 100 === 99) world.paper.fates.push("limited", "lost");
    await world.sweep();
  }
  return { faults, statuses };
};

it("every request that the description allows or forbids is answered as it says", async () => {
  const world = await aBusyWorld();
  const web = webApp({ sites: composeTestedApp(world.parts()).sites, token: async () => token });
  const requests = fc.sample(anyRequest(operations), { seed: drawnSeed, numRuns: count });
  const { faults, statuses } = await fuzz(world, web, requests);
  const counts = [...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  console.log(`${requests.length} requests (SEED=${drawnSeed} REQUESTS=${count} repeats them): ${counts.join(", ")}`);
  expect(faults).toEqual([]);
  // A few requests meet not everything.
  const wanted = count < 2_000 ? [200, 400, 404] : [200, 201, 304, 400, 401, 404, 405, 409, 412, 415, 422];
  expect(wanted.filter((status) => !statuses.has(status))).toEqual([]);
});

it("an operation that fails, answers in another shape or tells the token is found", async () => {
  const world = await aBusyWorld();
  const [site] = composeTestedApp(world.parts()).sites;
  const planted = {
    ...site,
    ports: {
      ...site.ports,
      feeds: {
        ...site.ports.feeds,
        all: async () => {
          throw new Error("planted");
        },
      },
      sources: new Map([[token, { name: token, list: async () => [], read: async () => undefined }]]),
    },
  };
  const web = webApp({ sites: [planted], token: async () => token });
  const requests = fc.sample(anyRequest(operations), { seed: drawnSeed, numRuns: 600 });
  const { faults } = await fuzz(world, web, requests);
  expect(faults.join("\n")).toMatch(/it is a fault of Crier.*\/api\/feeds/);
  expect(faults.join("\n")).toMatch(/the token is in the answer/);
});
