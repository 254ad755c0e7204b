import { describe, expect, test } from "vitest";
import { webApp } from "../../../src/api/http-api.ts";
import { tooCostly } from "../../../src/domain/findings.ts";
import { minute, second } from "../../../src/domain/time.ts";
import { documentsInProcess, feedsInProcess } from "../../../src/parsing/parsers-in-process.ts";
import type { DocumentParsers } from "../../../src/ports/content.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aFeedWorld } from "../../support/feed-server.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const bad = aDocument({ slug: "bad" }, "COSTLY");
const isCostly = (bytes: Uint8Array): boolean => new TextDecoder().decode(bytes).includes("COSTLY");

/** An app whose parser does this with a costly document, and the paths that it was given. */
const aParser = (world: World, parse: DocumentParsers["parse"], isContained = true) => {
  const asked: string[] = [];
  const documentParsers: DocumentParsers = {
    ...documentsInProcess,
    isContained,
    parse: (bytes, path, ...rest) => {
      asked.push(path);
      return isCostly(bytes) ? parse(bytes, path, ...rest) : documentsInProcess.parse(bytes, path, ...rest);
    },
  };
  return { asked, app: composeTestedApp({ ...world.parts(), documentParsers }) };
};

const refuse: DocumentParsers["parse"] = async () => ({
  parsed: { kind: "refused", reasons: [tooCostly({ kind: "time", seconds: 2 })] },
  references: [],
});

describe("a document that is too costly", () => {
  test("is refused with the reason, and not parsed again before it changes; those behind it are published", async () => {
    const world = await aWorld();
    world.write("bad.md", bad);
    world.write("good.md", aDocument({ slug: "good", title: "Good" }));
    const { app, asked } = aParser(world, refuse);
    await app.reconcile();
    await app.reconcile();
    await app.ingest("folder", "bad.md");
    await world.sweep();
    expect(asked).toEqual(["bad.md", "good.md"]);
    expect(await world.titles()).toEqual(["Good"]);
    expect(await app.refused()).toMatchObject([
      { path: "bad.md", reasons: [{ code: "too-costly", message: expect.stringContaining("longer than 2 seconds") }] },
    ]);
    world.write("bad.md", aDocument({ slug: "bad", title: "Corrected" }));
    expect(await app.ingest("folder", "bad.md")).toMatchObject({ result: "created" });
    expect(await app.refused()).toEqual([]);
  });

  test("is parsed again with other settings of its site", async () => {
    const world = await aWorld();
    world.write("bad.md", bad);
    await aParser(world, refuse).app.ingest("folder", "bad.md");
    const moved = await aWorld({ site: { timeZone: "Europe/Berlin" } });
    const { app, asked } = aParser({ ...moved, parts: () => ({ ...moved.parts(), ...pick(world) }) }, refuse);
    await app.ingest("folder", "bad.md");
    expect(asked).toEqual(["bad.md"]);
  });

  test("keeps the post that it was before", async () => {
    const world = await aWorld();
    world.write("bad.md", aDocument({ slug: "bad", title: "Before" }));
    const { app } = aParser(world, refuse);
    await app.ingest("folder", "bad.md");
    world.write("bad.md", bad);
    expect(await app.ingest("folder", "bad.md")).toMatchObject({ result: "refused", conflict: false });
    await world.sweep();
    expect(await world.titles()).toEqual(["Before"]);
  });

  test("is refused by the API at once when it is sent again", async () => {
    const world = await aWorld();
    const { app, asked } = aParser(world, refuse);
    const send = () => app.put("bad", new TextEncoder().encode(bad));
    const first = await send();
    expect(first).toMatchObject({ result: "refused", reasons: [{ code: "too-costly" }] });
    expect(asked).toEqual(["bad.md"]);
    expect(await send()).toEqual(first);
    expect(asked).toEqual(["bad.md"]);
  });
});

const pick = (world: World) => {
  const { store, sources } = world.parts();
  return { store, sources };
};

/** A worker whose process ends while it parses. */
const aDeadWorker = async (world: World, work: (app: World["app"]) => Promise<unknown>): Promise<void> => {
  const parsing = Promise.withResolvers<void>();
  const parse = () => {
    parsing.resolve();
    return new Promise<never>(() => {});
  };
  const { app } = aParser(world, parse, false);
  void work(app);
  await parsing.promise;
};

describe("a document that ends the process that parses it", () => {
  test("is counted at a repeated event before it is parsed, and refused at the next one", async () => {
    const world = await aWorld();
    world.write("bad.md", bad);
    await aDeadWorker(world, (app) => app.ingest("folder", "bad.md"));
    expect(await world.store.documents.read("blog", "folder", "bad.md")).toBeUndefined();
    await aDeadWorker(world, (app) => app.ingest("folder", "bad.md", undefined, true));
    world.turn(minute);
    const { app, asked } = aParser(world, refuse, false);
    expect(await app.ingest("folder", "bad.md", undefined, true)).toMatchObject({
      result: "refused",
      reasons: [{ code: "too-costly", message: expect.stringContaining("The process that read it ended.") }],
    });
    await app.ingest("folder", "bad.md");
    expect(asked).toEqual([]);
    expect(await app.refused()).toMatchObject([{ path: "bad.md" }]);
  });

  test("may still be with another worker: it is neither parsed nor refused then", async () => {
    const world = await aWorld();
    world.write("bad.md", bad);
    await aDeadWorker(world, (app) => app.ingest("folder", "bad.md", undefined, true));
    world.turn(10 * second);
    await expect(world.app.ingest("folder", "bad.md", undefined, true)).rejects.toThrow(
      "bad.md is being read by another process",
    );
  });

  test("is found by the listing after one that did not end, which goes on behind it", async () => {
    const world = await aWorld();
    for (const name of ["a", "bad", "c"])
      world.write(`${name}.md`, name === "bad" ? bad : aDocument({ slug: name, title: name }));
    const reconcile = (app: World["app"]) => app.reconcile();
    await aDeadWorker(world, reconcile);
    world.turn(minute);
    await aDeadWorker(world, reconcile);
    world.turn(minute);
    const { app } = aParser(world, refuse, false);
    await app.reconcile();
    expect(await app.refused()).toMatchObject([{ path: "bad.md", reasons: [{ code: "too-costly" }] }]);
    await world.sweep();
    expect((await world.titles()).toSorted()).toEqual(["a", "c"]);
  });

  test("is history where it was there before the first listing, however often that ended", async () => {
    const world = await aWorld({ isListed: false });
    world.write("bad.md", bad);
    for (const _ of [1, 2]) {
      await aDeadWorker(world, (app) => app.reconcile());
      world.turn(minute);
    }
    await aParser(world, refuse, false).app.reconcile();
    world.write("bad.md", aDocument({ slug: "bad" }));
    expect(await world.ingest("bad.md")).toMatchObject({ result: "created", post: { history: true } });
  });

  test("is refused when it is planned for the second time, and leaves no row behind otherwise", async () => {
    const world = await aWorld();
    const [costly, good] = [bad, aDocument({ slug: "good" })].map((text) => new TextEncoder().encode(text));
    const plan = (app: World["app"], bytes = costly) => app.plan(bytes ?? new Uint8Array(), "bad.md", undefined);
    await aDeadWorker(world, plan);
    const { app, asked } = aParser(world, refuse, false);
    await expect(plan(app)).rejects.toThrow("bad.md is being read by another process, or its process has just ended");
    world.turn(minute);
    for (const _ of [1, 2])
      expect(await plan(app)).toMatchObject({
        reasons: [{ code: "too-costly", message: expect.stringContaining("The process that read it ended.") }],
      });
    expect(asked).toEqual([]);
    expect(await app.refused()).toEqual([]);
    expect(await plan(app, good)).toMatchObject({ content: { slug: "good" } });
    expect(await world.store.documents.read("blog", "api", "bad.md")).toBeUndefined();
  });

  test("is refused when it is sent to the API for the second time", async () => {
    const world = await aWorld();
    const send = (app: World["app"]) => app.put("bad", new TextEncoder().encode(bad), { file: "/home/me/bad.md" });
    await aDeadWorker(world, send);
    world.turn(minute);
    const { app, asked } = aParser(world, refuse, false);
    expect(await send(app)).toMatchObject({ result: "refused", reasons: [{ code: "too-costly" }] });
    expect(asked).toEqual([]);
    expect(await app.refused()).toMatchObject([{ path: "bad.md" }]);
  });

  test.each([
    ["PUT", "/api/posts/bad"],
    ["POST", "/api/plan?name=bad.md"],
  ])("is answered by 503 while that cannot be told, and by 422 from then on: %s %s", async (method, path) => {
    const world = await aWorld();
    const ask = async (app: World["app"]) =>
      webApp({ sites: app.sites, token: async () => "token" }).request(path, {
        method,
        headers: { Authorization: "Bearer token", "Content-Type": "text/markdown" },
        body: bad,
      });
    await aDeadWorker(world, ask);
    const { app } = aParser(world, refuse, false);
    const early = await ask(app);
    expect([early.status, early.headers.get("Retry-After")]).toEqual([503, "30"]);
    expect(await early.json()).toMatchObject({ detail: expect.stringMatching(/try again in 30 seconds\.$/) });
    world.turn(minute);
    const late = await ask(app);
    expect(late.status).toBe(422);
    expect(await late.json()).toMatchObject({ reasons: [{ code: "too-costly" }] });
  });
});

test("an entry of a feed that ends the process is refused at the poll after it, and the entries behind it are posts", async () => {
  const world = await aFeedWorld();
  world.answers(world.rss([{ name: "c" }, { name: "bad", title: "COSTLY" }, { name: "a" }]));
  const parsing = Promise.withResolvers<void>();
  world.parseWith({
    parseEntry: (document, site) => {
      if (!JSON.stringify(document).includes("COSTLY")) return feedsInProcess.parseEntry(document, site);
      parsing.resolve();
      return new Promise(() => {});
    },
  });
  void world.poll();
  await parsing.promise;
  await world.poll();
  expect((await world.posts()).map(({ title }) => title)).toEqual(["A", "C"]);
  expect(await world.store.documents.read("blog", world.source, `${world.server.url}/bad/`)).toMatchObject({
    refusal: { reasons: [{ code: "too-costly" }] },
  });
});

test("a feed that ends the process is not read again at the polls after it, which say so, until it changes", async () => {
  const world = await aFeedWorld();
  world.answers(world.rss([{ name: "bad", title: "COSTLY" }]));
  const reading = Promise.withResolvers<void>();
  let asked = 0;
  world.parseWith({
    readFeed: (bytes) => {
      if (!isCostly(bytes.body)) return feedsInProcess.readFeed(bytes);
      asked += 1;
      reading.resolve();
      return new Promise(() => {});
    },
  });
  void world.poll();
  await reading.promise;
  for (const failures of [1, 2]) {
    await world.poll();
    expect(await world.state()).toMatchObject({
      failures,
      problem: "the process that read it ended. It is read again when it changes or Crier is updated",
    });
  }
  expect(asked).toBe(1);
  world.answers(world.rss("a"));
  expect(await world.poll()).toEqual(["created /a/"]);
  expect(await world.state()).toMatchObject({ failures: 0, reading: undefined });
});

describe("an attempt that was counted", () => {
  test("is forgotten with its result", async () => {
    const world = await aWorld();
    world.write("good.md", aDocument({ slug: "good" }));
    const { app } = aParser(world, refuse, false);
    await app.ingest("folder", "good.md", undefined, true);
    const row = await world.store.documents.read("blog", "folder", "good.md");
    expect(row).toMatchObject({ post: expect.any(String) });
    expect(row?.attempt).toBeUndefined();
  });

  test("is forgotten where something else failed: the document is not to blame", async () => {
    const world = await aWorld();
    world.write("a.md", aDocument({ slug: "a" }));
    const parts = world.parts();
    const store = {
      ...parts.store,
      posts: { ...parts.store.posts, save: async () => Promise.reject(new Error("the table is asleep")) },
    };
    const app = composeTestedApp({ ...parts, store });
    await expect(app.ingest("folder", "a.md", undefined, true)).rejects.toThrow("the table is asleep");
    expect((await world.store.documents.read("blog", "folder", "a.md"))?.attempt).toBeUndefined();
    world.turn(minute);
    expect(await world.app.ingest("folder", "a.md", undefined, true)).toMatchObject({ result: "created" });
  });

  test("is forgotten where the document is deleted while it is parsed", async () => {
    const world = await aWorld();
    world.write("a.md", bad);
    const parse: DocumentParsers["parse"] = (...given) => {
      world.erase("a.md");
      return documentsInProcess.parse(...given);
    };
    const { app } = aParser(world, parse, false);
    expect(await app.ingest("folder", "a.md", undefined, true)).toMatchObject({ result: "absent" });
    expect(await world.store.documents.read("blog", "folder", "a.md")).toBeUndefined();
  });

  test("of a document that was sent to the API leaves no row behind where its post is another one's", async () => {
    const world = await aWorld();
    world.write("a.md", aDocument({ slug: "a" }));
    await world.ingest("a.md");
    await world.app.put("a", new TextEncoder().encode(aDocument({ slug: "a" })), { file: "a.md" });
    expect(await world.store.documents.read("blog", "api", "a.md")).toBeUndefined();
  });
});
