import { afterAll, beforeAll, expect, it } from "vitest";
import { operations } from "../../src/api/operations.ts";
import * as api from "../support/generated-client.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

/** Each operation is called by a client that was generated from the description, as another program would do it. */
let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({
    "from-folder.md": aDocument("From a folder"),
    "broken.md": "---\ntype: article\n---\nNo title.",
    "README.md": "Read me.",
  });
});
afterAll(() => clear(machine));

const options = () => ({
  baseUrl: machine.url.replace(/\/$/, ""),
  headers: { Authorization: `Bearer ${machine.token}` },
});

/** The generator leaves the type of a text to `fetch`, which says `text/plain`. */
const withDocument = () => ({ ...options(), headers: { ...options().headers, "Content-Type": "text/markdown" } });

/** Publishes a post while a network refuses requests, and returns the id of the delivery that waits. */
const aWaitingDelivery = async (slug: string): Promise<string> => {
  await machine.fault("mastodon", "429");
  await api.put(slug, aDocument(slug), {}, withDocument());
  await machine.idle();
  const { rows } = await machine.app.deliveries("pending");
  return rows.find((row) => row.slug === slug)?.id ?? "";
};

const aHeldDelivery = async (slug: string): Promise<string> => {
  const id = await aWaitingDelivery(slug);
  expect(await api.hold(id, {}, options())).toMatchObject({ status: 200, data: { id, state: "held" } });
  return id;
};

/** A call of each operation, and what is expected of its answer. */
const calls: Readonly<Record<keyof typeof operations, () => Promise<void>>> = {
  list: async () =>
    expect(await api.list({}, options())).toMatchObject({
      status: 200,
      data: { posts: expect.arrayContaining([expect.objectContaining({ slug: "from-folder" })]), next: null },
    }),
  refused: async () =>
    expect(await api.list({ refused: "true" }, options())).toMatchObject({
      data: { refused: [{ path: "broken.md" }], waiting: [] },
    }),
  pages: async () =>
    expect(await api.list({ pages: "" }, options())).toMatchObject({ data: { pages: [{ path: "README.md" }] } }),
  status: async () =>
    expect(await api.status("from-folder", { history: "true" }, options())).toMatchObject({
      status: 200,
      data: { title: "From a folder", deliveries: expect.any(Array) },
    }),
  put: async () => {
    const document = aDocument("Put");
    expect(await api.put("put", document, {}, withDocument())).toMatchObject({
      status: 201,
      data: { result: "created" },
    });
    expect(await api.put("put", document, {}, withDocument())).toMatchObject({
      status: 200,
      data: { result: "unchanged" },
    });
    expect(await api.put("put", "---\ntype: article\n---\nNo title.", {}, withDocument())).toMatchObject({
      status: 422,
    });
  },
  announce: async () =>
    expect(await api.announce("from-folder", { again: "true" }, options())).toMatchObject({
      data: { result: "updated", slug: "from-folder" },
    }),
  remove: async () => {
    await api.put("removed", aDocument("Removed"), {}, withDocument());
    expect(await api.remove("removed", {}, options())).toMatchObject({ status: 200, data: { result: "deleted" } });
    expect(await api.remove("never", {}, options())).toMatchObject({ status: 404 });
  },
  plan: async () =>
    expect(await api.plan(aDocument("Planned"), { name: "planned.md" }, withDocument())).toMatchObject({
      status: 200,
      data: { post: { slug: "planned" }, snippets: expect.any(Array), existing: null },
    }),
  deliveries: async () => {
    await machine.idle();
    expect(await api.deliveries("posted", {}, options())).toMatchObject({ status: 200, data: { next: null } });
  },
  upcoming: async () => {
    const id = await aWaitingDelivery("upcoming");
    expect(await api.upcoming({ limit: 100 }, options())).toMatchObject({
      status: 200,
      data: { deliveries: expect.arrayContaining([expect.objectContaining({ id, state: "pending" })]), next: null },
    });
  },
  retry: async () => {
    const id = await aWaitingDelivery("retried");
    expect(await api.retry(id, {}, options())).toMatchObject({ status: 200, data: { id } });
  },
  resolve: async () => {
    const id = await aWaitingDelivery("resolved");
    for (const call of [
      api.resolve(id, { as: "posted" }, {}, options()),
      api.resolve(id, undefined, { $as: "retry" }, options()),
    ])
      expect(await call).toMatchObject({ status: 409, data: { detail: expect.stringContaining("only an unknown") } });
  },
  release: async () => {
    const id = await aHeldDelivery("released");
    expect(await api.release(id, {}, options())).toMatchObject({ status: 200, data: { id, state: "pending" } });
  },
  releaseMany: async () => {
    const id = await aHeldDelivery("all-released");
    expect(await api.releaseMany({ post: "all-released" }, options())).toMatchObject({
      status: 200,
      data: { deliveries: expect.arrayContaining([expect.objectContaining({ id, state: "pending" })]), next: null },
    });
  },
  withdraw: async () => {
    await machine.ask("PUT", "api/posts/taken-back", aDocument("Taken back"));
    await machine.idle();
    expect(await api.withdraw("taken-back", "mastodon", {}, options())).toMatchObject({
      status: 200,
      data: { deliveries: [{ account: "mastodon", already: false }], problems: [] },
    });
    expect(await api.withdraw("never", "mastodon", {}, options())).toMatchObject({ status: 404 });
    expect(await api.withdraw("taken-back", "never", {}, options())).toMatchObject({ status: 409 });
  },
  text: async () => {
    await aWaitingDelivery("text-shown");
    expect(await api.text({ post: "text-shown", account: "mastodon" }, options())).toMatchObject({
      status: 200,
      data: { slug: "text-shown", account: "mastodon", problem: null, delivery: { text: null } },
    });
    expect(await api.text({ post: "never", account: "mastodon" }, options())).toMatchObject({ status: 404 });
    expect(await api.text({ post: "text-shown", account: "never" }, options())).toMatchObject({ status: 409 });
    expect(await api.text({ delivery: "never" }, options())).toMatchObject({ status: 404 });
  },
  measureText: async () => {
    const id = await aWaitingDelivery("text-measured");
    const target = { post: "text-measured", account: "mastodon" };
    expect(await api.measureText({ ...target, text: "x".repeat(501) }, {}, options())).toMatchObject({
      status: 200,
      data: { limit: 500, over: expect.any(Number), below: "" },
    });
    expect(await api.measureText({ delivery: id, text: "Short" }, {}, options())).toMatchObject({
      data: { over: 0, below: expect.stringContaining("/text-measured/") },
    });
    expect(await api.measureText({ ...target, account: "never", text: "" }, {}, options())).toMatchObject({
      status: 409,
    });
    expect(await api.measureText({ ...target, post: "never", text: "" }, {}, options())).toMatchObject({ status: 404 });
  },
  editText: async () => {
    const id = await aWaitingDelivery("text-edited");
    const target = { post: "text-edited", account: "mastodon" };
    expect(await api.editText({ ...target, text: "In other words" }, {}, options())).toMatchObject({
      status: 200,
      data: { id, already: false, text: { value: "In other words", ifOvertaken: "ask", overtaken: false } },
    });
    expect(await api.editText({ ...target, text: "x".repeat(600) }, {}, options())).toMatchObject({
      status: 422,
      data: {
        detail: expect.stringMatching(/^Nothing was saved\. The text has \d+ characters too many for mastodon\.$/),
      },
    });
    expect(await api.editText({ ...target, text: "Stale", version: 1 }, {}, options())).toMatchObject({ status: 409 });
    expect(await api.editText({ ...target, post: "never", text: "x" }, {}, options())).toMatchObject({ status: 404 });
  },
  documentText: async () => {
    const id = await aWaitingDelivery("text-given-up");
    await api.editText({ delivery: id, text: "In other words" }, {}, options());
    const target = { post: "text-given-up", account: "mastodon" };
    expect(await api.documentText(target, {}, options())).toMatchObject({ data: { id, text: null, already: false } });
    expect(await api.documentText({ ...target, post: "never" }, {}, options())).toMatchObject({ status: 404 });
  },
  stopSending: async () => {
    expect(await api.stopSending("a wrong link", { account: "mastodon" }, options())).toMatchObject({
      status: 200,
      data: { stopped: [{ account: "mastodon", why: "a wrong link" }], already: false, underWay: [] },
    });
    expect(await api.stopSending("a wrong link", { account: "never" }, options())).toMatchObject({ status: 404 });
    await api.resumeSending({ account: "mastodon" }, options());
  },
  log: async () => {
    const act = { act: "decided", state: "held" };
    expect(await api.log({}, options())).toMatchObject({
      data: { acts: expect.arrayContaining([expect.objectContaining(act)]) },
    });
  },
  resumeSending: async () => {
    expect(await api.resumeSending({}, options())).toMatchObject({ data: { stopped: [], already: true } });
  },
  hold: async () => void (await aHeldDelivery("held")),
  holdMany: async () => {
    const id = await aWaitingDelivery("all-held");
    expect(await api.holdMany({ post: "all-held" }, options())).toMatchObject({
      data: { deliveries: [{ id, state: "held", hold: "person" }] },
    });
  },
  approve: async () => {
    const id = await aHeldDelivery("approved");
    expect(await api.approve(id, {}, options())).toMatchObject({ status: 409 });
  },
  approveMany: async () =>
    expect(await api.approveMany({ post: "from-folder" }, options())).toMatchObject({
      data: { deliveries: expect.arrayContaining([expect.objectContaining({ state: "posted", already: true })]) },
    }),
  dismiss: async () => {
    const id = await aHeldDelivery("dismissed");
    expect(await api.dismiss(id, {}, options())).toMatchObject({ status: 200, data: { id, state: "cancelled" } });
  },
  dismissMany: async () => {
    await aHeldDelivery("all-dismissed");
    expect(await api.dismissMany({ all: "true" }, options())).toMatchObject({ status: 200, data: { next: null } });
    expect(await api.dismissMany({}, options())).toMatchObject({ status: 400 });
  },
  accounts: async () =>
    expect(await api.accounts({}, options())).toMatchObject({
      data: { accounts: [{ name: "x" }, { name: "bluesky" }, { name: "mastodon" }] },
    }),
  checkAccounts: async () =>
    expect(await api.checkAccounts({}, options())).toMatchObject({
      status: 200,
      data: { accounts: [{ name: "x", checked: null }, { name: "bluesky" }, { name: "mastodon" }] },
    }),
  feeds: async () =>
    expect(await api.feeds({}, options())).toMatchObject({
      data: { feeds: expect.arrayContaining([expect.objectContaining({ key: "main" })]) },
    }),
  sources: async () =>
    expect(await api.sources({ site: "blog" }, options())).toMatchObject({ data: { sources: [{ name: "folder" }] } }),
  description: async () =>
    expect(await api.description({ baseUrl: options().baseUrl })).toMatchObject({
      status: 200,
      data: { openapi: "3.1.1" },
    }),
  health: async () =>
    expect(await api.health({ baseUrl: options().baseUrl })).toMatchObject({ status: 200, data: { status: "ok" } }),
  exportDatabase: async () => expect(await api.exportDatabase(options())).toMatchObject({ status: 200 }),
};

/** The operations without a call. */
const untested = (all: object, called: object): readonly string[] =>
  Object.keys(all).filter((name) => !Object.hasOwn(called, name));

it.each(Object.entries(calls))("a generated client calls %s", (_, call) => call());

it("every operation is called, and a planted one that is not is found", () => {
  expect(untested(operations, calls)).toEqual([]);
  expect(untested({ ...operations, planted: operations.list }, calls)).toEqual(["planted"]);
});

it("the description and the health need no token, and allow GET alone", async () => {
  for (const path of ["api/openapi.json", "healthz"]) {
    expect((await machine.get(path)).status).toBe(200);
    const posted = await fetch(new URL(path, machine.url), { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET"]);
  }
});
