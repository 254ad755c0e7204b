import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({ "from-folder.md": aDocument("From a folder") });
  await machine.idle();
});
afterAll(() => clear(machine));

const answer = z.looseObject({ etag: z.string().optional() });

const send = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
  const response = await fetch(new URL(path, machine.url), {
    method,
    headers: {
      Authorization: `Bearer ${machine.token}`,
      ...(body !== undefined && { "Content-Type": "text/markdown" }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get("etag") ?? "",
    body: text === "" ? {} : answer.parse(JSON.parse(text)),
  };
};

const put = (slug: string, title: string, headers: Record<string, string> = {}) =>
  send("PUT", `api/posts/${slug}`, headers, aDocument(title, "date: 2026-03-01\n").replace(/^date: .*Z\n/m, ""));
const read = (slug: string, headers: Record<string, string> = {}) => send("GET", `api/posts/${slug}`, headers);

const stale = { status: 412, body: { title: "Changed in the meantime", status: 412 } };

describe("GET", () => {
  it("has an ETag, and is 304 for who knows it, until a byte of the answer changes", async () => {
    await put("read", "Read");
    await machine.idle();
    const { etag, body } = await read("read");
    expect(etag).toMatch(/^"[\w-]+\.[\w-]+"$/);
    expect(etag.startsWith(`"${body.etag}.`)).toBe(true);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"])
      expect(await read("read", { "If-None-Match": known })).toEqual({ status: 304, etag, body: {} });
    expect((await read("read", { "If-None-Match": '"other"' })).status).toBe(200);
    expect((await read("read?history", { "If-None-Match": etag })).status).toBe(200);
    await put("read", "Read again");
    const changed = await read("read", { "If-None-Match": etag });
    expect(changed).toMatchObject({ status: 200, body: { title: "Read again" } });
    expect(changed.etag).not.toBe(etag);
  });

  it("of a list has one, too", async () => {
    await machine.idle();
    const { etag } = await send("GET", "api/feeds");
    expect((await send("GET", "api/feeds", { "If-None-Match": etag })).status).toBe(304);
  });
});

describe("If-Match", () => {
  it("lets the change of the post that was read through, and refuses one that was changed since, with what it is now", async () => {
    const { body } = await put("edited", "First");
    const first = (await read("edited")).etag;
    expect(await put("edited", "Second", { "If-Match": first })).toMatchObject({
      status: 200,
      body: { result: "updated" },
    });
    expect(await put("edited", "Third", { "If-Match": first })).toMatchObject({
      ...stale,
      body: {
        detail:
          "The post edited was changed since you read it, and is left as it is: read it again, and decide with its ETag of now.",
        instance: "/api/posts/edited",
        post: { slug: "edited", title: "Second", etag: (await read("edited")).body.etag },
      },
    });
    expect(await read("edited")).toMatchObject({ body: { title: "Second" } });
    expect(await send("DELETE", "api/posts/edited", { "If-Match": `"${body.etag}"` })).toMatchObject(stale);
    expect(await send("POST", "api/posts/edited?again", { "If-Match": `"${body.etag}"` })).toMatchObject(stale);
    expect(await read("edited")).toMatchObject({ body: { status: "live", title: "Second" } });
  });

  it("is about the post, and not about its deliveries", async () => {
    await machine.idle();
    await machine.fault("mastodon", "429");
    const { body } = await put("sent", "Sent");
    await machine.idle();
    const { etag } = await read("sent");
    expect(await send("POST", "api/deliveries/hold?post=sent")).toMatchObject({ status: 200 });
    expect((await read("sent", { "If-None-Match": etag })).status).toBe(200);
    expect((await read("sent")).body.etag).toBe(body.etag);
    expect(await put("sent", "Sent, better", { "If-Match": etag })).toMatchObject({ status: 200 });
  });

  it("allows a repetition of what is done already", async () => {
    const { body } = await put("repeated", "First");
    const tag = { "If-Match": `"${body.etag}"` };
    expect(await put("repeated", "Second", tag)).toMatchObject({ body: { result: "updated" } });
    expect(await put("repeated", "Second", tag)).toMatchObject({ status: 200, body: { result: "unchanged" } });
    const second = { "If-Match": (await read("repeated")).etag };
    expect(await send("DELETE", "api/posts/repeated", second)).toMatchObject({ status: 200 });
    expect(await send("DELETE", "api/posts/repeated", second)).toMatchObject({ status: 200 });
    expect(await put("repeated", "Third", second)).toMatchObject({
      ...stale,
      body: { detail: expect.stringMatching(/^The post repeated was deleted since you read it/) },
    });
  });

  it("lets one of two announcements through", async () => {
    const { body } = await put("announced", "Announced");
    await machine.idle();
    const tag = { "If-Match": `"${body.etag}"` };
    expect(await send("POST", "api/posts/announced?again", tag)).toMatchObject({ status: 200 });
    expect(await send("POST", "api/posts/announced?again", tag)).toMatchObject(stale);
  });

  it("lets one of many changes of a moment through", async () => {
    const { body } = await put("raced", "Raced");
    const tag = { "If-Match": `"${body.etag}"` };
    const all = await Promise.all(Array.from({ length: 8 }, (_, at) => put("raced", `Raced ${at}`, tag)));
    expect(all.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
  });

  it("takes a list, any post, and no weak tag", async () => {
    const { body } = await put("listed", "Listed");
    expect(await put("listed", "Two", { "If-Match": `"x", "${body.etag}"` })).toMatchObject({ status: 200 });
    expect(await put("listed", "Three", { "If-Match": "*" })).toMatchObject({ status: 200 });
    expect(await put("listed", "Four", { "If-Match": `W/"${(await read("listed")).body.etag}"` })).toMatchObject(stale);
  });

  it("of a post that is not there is refused, and makes none", async () => {
    for (const tag of ['"x"', "*"]) {
      expect(await put("absent", "Absent", { "If-Match": tag })).toMatchObject({
        ...stale,
        body: { detail: "There is no post absent: nothing was changed." },
      });
      expect((await send("DELETE", "api/posts/absent", { "If-Match": tag })).status).toBe(404);
    }
    expect((await read("absent")).status).toBe(404);
  });

  it("protects a post from a document that is a page", async () => {
    const { body } = await put("paged", "Paged");
    await put("paged", "Paged, better");
    const page = "---\ntitle: Paged\nlayout: page\n---\nx";
    const tag = { "If-Match": `"${body.etag}"` };
    expect(await send("PUT", "api/posts/paged", tag, page)).toMatchObject(stale);
    expect(await read("paged")).toMatchObject({ body: { status: "live" } });
  });

  it("that is not a list of tags is refused with how to write it", async () => {
    for (const tag of ["x", '"x', '"x" "y"'])
      expect(await put("written", "Written", { "If-Match": tag })).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('`If-Match: "…"`') },
      });
  });
});

describe("If-None-Match: *", () => {
  it("makes a post, and replaces none", async () => {
    const onlyNew = { "If-None-Match": "*" };
    expect(await put("new", "New", onlyNew)).toMatchObject({ status: 201 });
    expect(await put("new", "Newer", onlyNew)).toMatchObject({
      ...stale,
      body: { detail: "There is a post new already: to replace it, leave out If-None-Match.", post: { title: "New" } },
    });
    expect(await put("new", "Newer", { "If-None-Match": '"x"' })).toMatchObject({ status: 400 });
    expect(await send("DELETE", "api/posts/new")).toMatchObject({ status: 200 });
    expect(await put("new", "Newer", onlyNew)).toMatchObject({ status: 200 });
  });
});
