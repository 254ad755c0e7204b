import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({ "posted.md": aDocument("Posted") });
});
afterAll(() => clear(machine));

const problem = "application/problem+json";

describe("/api/deliveries", () => {
  it("lists the deliveries in one state", async () => {
    await machine.idle();
    const { body } = await machine.ask("GET", "api/deliveries?state=posted");
    expect(body).toMatchObject({
      deliveries: expect.arrayContaining([expect.objectContaining({ state: "posted" })]),
      next: null,
    });
    expect(await machine.ask("GET", "api/deliveries?state=lost")).toMatchObject({
      status: 400,
      type: problem,
      body: { detail: expect.stringMatching(/^Name one state: `\?state=` with one of pending, held, /) },
    });
    expect(await machine.ask("GET", "api/deliveries")).toMatchObject({ status: 400 });
  });

  it("tries a waiting delivery again", async () => {
    await machine.fault("mastodon", "429");
    await machine.ask("PUT", "api/posts/slow", aDocument("Slow"));
    await machine.idle();
    const { rows } = await machine.app.deliveries("pending");
    const id = rows.find(({ slug }) => slug === "slow")?.id ?? "";
    expect(id).not.toBe("");
    expect(await machine.ask("POST", `api/deliveries/${encodeURIComponent(id)}/retry`)).toMatchObject({
      status: 200,
      body: { id, account: "mastodon" },
    });
    await machine.idle();
    expect(await machine.ask("POST", `api/deliveries/${encodeURIComponent(id)}/retry`)).toMatchObject({
      status: 409,
      type: problem,
    });
    expect((await machine.sandbox()).filter(({ text }) => text.includes("/slow/"))).toHaveLength(3);
  });

  it("resolves an unknown delivery only", async () => {
    const { rows } = await machine.app.deliveries("posted");
    const id = encodeURIComponent(rows[0]?.id ?? "");
    expect(await machine.ask("POST", `api/deliveries/${id}/resolve?as=retry`)).toMatchObject({
      status: 409,
      type: problem,
    });
    expect(await machine.ask("POST", `api/deliveries/${id}/resolve?as=perhaps`)).toMatchObject({
      status: 400,
      type: problem,
    });
    expect(await machine.ask("POST", `api/deliveries/${id}/resolve`)).toMatchObject({
      status: 400,
      type: problem,
      body: { detail: 'Send {"as": "posted"} if the post is on the network, or {"as": "retry"} if it is not.' },
    });
    expect(await machine.ask("POST", "api/deliveries/nothing/retry")).toMatchObject({ status: 404, type: problem });
    const body = await fetch(new URL(`api/deliveries/${id}/resolve`, machine.url), {
      method: "POST",
      headers: { Authorization: `Bearer ${machine.token}`, "Content-Type": "application/json" },
      body: '{"as":"posted"}',
    });
    expect(body.status).toBe(409);
  });

  it("holds and releases one delivery or many, and says what it does not know", async () => {
    await machine.fault("mastodon", "429");
    await machine.ask("PUT", "api/posts/waiting", aDocument("Waiting"));
    await machine.idle();
    const { rows } = await machine.app.deliveries("pending");
    const id = rows.find(({ slug }) => slug === "waiting")?.id ?? "";
    const short = id.slice(0, 8);
    expect(await machine.ask("POST", `api/deliveries/${short}/hold`)).toMatchObject({
      status: 200,
      body: { id, state: "held", reason: "by hand, until you release it" },
    });
    expect(await machine.ask("POST", `api/deliveries/${short}/hold`)).toMatchObject({ status: 404, type: problem });
    expect(await machine.ask("POST", `api/deliveries/${id}/hold`)).toMatchObject({ body: { id, already: true } });
    expect(await machine.ask("POST", `api/deliveries/${id}/release?version=1`)).toMatchObject({
      status: 409,
      type: problem,
      body: { delivery: { id, state: "held" } },
    });
    expect(await machine.ask("POST", `api/deliveries/${id}/release?version=one`)).toMatchObject({ status: 400 });
    expect(await machine.ask("POST", "api/deliveries/release?post=waiting")).toMatchObject({
      body: { deliveries: expect.arrayContaining([expect.objectContaining({ id, state: "pending", already: false })]) },
    });
    await machine.idle();
    expect(await machine.ask("POST", "api/deliveries/dismiss?all=true")).toMatchObject({ body: { deliveries: [] } });
    expect(await machine.ask("POST", "api/deliveries/release?post=never")).toMatchObject({
      status: 404,
      type: problem,
    });
    expect(await machine.ask("POST", "api/deliveries/release")).toMatchObject({
      status: 400,
      body: { detail: "Name a post with `?post=`, or say `?all=true` to mean all deliveries." },
    });
  });

  it("refuses a large body", async () => {
    expect(await machine.ask("POST", "api/deliveries/x/resolve", "x".repeat(10_001))).toMatchObject({
      status: 413,
      type: problem,
      body: { detail: "The body is too large: send at most 10,000 bytes." },
    });
  });
});

describe("GET /api/deliveries with a cursor that Crier did not give", () => {
  it.each([
    ["text that is no cursor", "deliveries?state=posted&from=zzz"],
    ["an account that is no index", "deliveries?state=posted&from=x:y"],
    ["text that is no cursor after an account", "deliveries?state=posted&from=0:zzz"],
    ["an account that does not exist", "deliveries?state=posted&from=99:"],
    ["a page of an account that does not exist", "deliveries?state=posted&from=99:zzz"],
    ["an account below the first", "deliveries?state=posted&from=-1:zzz"],
    ["an empty cursor", "deliveries?state=posted&from="],
  ])("answers %s by a 400 with the next step, and without an alarm", async (_, path) => {
    expect(await machine.ask("GET", `api/${path}`)).toMatchObject({
      status: 400,
      type: problem,
      body: { title: "Bad request", detail: expect.stringMatching(/leave out `from` to start at the beginning\.$/) },
    });
    expect(machine.printed.filter((line) => line.startsWith("!! web"))).toEqual([]);
  });
});

describe("GET /api/accounts", () => {
  it("shows where each account posts", async () => {
    expect(await machine.ask("GET", "api/accounts")).toMatchObject({
      body: {
        accounts: ["x", "bluesky", "mastodon"].map((name) => ({
          name,
          network: name,
          site: "blog",
          reach: "sandbox",
          problem: null,
          paused: null,
          down: null,
        })),
      },
    });
  });
});

describe("GET /api/feeds", () => {
  it("shows every feed with its page and its faults", async () => {
    await machine.idle();
    const { status, body } = await machine.ask("GET", "api/feeds");
    expect(status).toBe(200);
    const feed = { title: "A Blog", rendered: expect.any(String), due: null, faults: [], hubs: [] };
    expect(body).toMatchObject({
      feeds: expect.arrayContaining([
        expect.objectContaining({ ...feed, key: "main", url: machine.url }),
        expect.objectContaining({ key: "archive/1", url: `${machine.url}archive/1.xml` }),
      ]),
    });
  });
});

describe("GET /api/sources", () => {
  it("shows where the posts come from", async () => {
    expect(await machine.ask("GET", "api/sources")).toMatchObject({
      status: 200,
      body: { sources: [{ name: "folder", listed: expect.any(String), poll: null }] },
    });
  });
});
