import { describe, expect, test } from "vitest";
import { aSandbox } from "../support/sandbox-requests.ts";

const article = { title: "A", body_markdown: "B", canonical_url: "https://blog.example.com/a/", published: true };
const key = { "api-key": "sandbox-devto" };

describe("the emulator of DEV", () => {
  const send = (sandbox: ReturnType<typeof aSandbox>, method: string, path: string, given?: object, headers = key) =>
    sandbox.send(method, `/api/${path}`, given && { article: given }, headers);

  test("knows its user by the key", async () => {
    const sandbox = aSandbox("devto");
    expect(await send(sandbox, "POST", "articles", article, { "api-key": "another" })).toMatchObject({ status: 401 });
    expect((await send(sandbox, "GET", "users/me")).status).toBe(200);
  });

  test("takes an address once, also after the article was taken back, which can be published again", async () => {
    const sandbox = aSandbox("devto");
    const { timeline } = sandbox;
    expect(await send(sandbox, "POST", "articles", article)).toMatchObject({ status: 201, body: { published: true } });
    const path = `articles/${timeline.all()[0]?.id}`;
    expect(await send(sandbox, "PUT", path, { published: false })).toMatchObject({ body: { published: false } });
    expect(timeline.all()).toMatchObject([{ deletedAt: expect.any(String) }]);
    expect(await send(sandbox, "POST", "articles", article)).toMatchObject({
      status: 422,
      body: { error: "Canonical url has already been taken" },
    });
    expect(await send(sandbox, "PUT", path, { title: "C" })).toMatchObject({ body: { published: false } });
    expect(await send(sandbox, "PUT", path, { published: true })).toMatchObject({ body: { published: true } });
    expect(timeline.all()).toMatchObject([{ card: { title: "C" }, deletedAt: null }]);
    await send(sandbox, "PUT", path, { main_image: "https://blog.example.com/a.png" });
    expect(timeline.all()).toMatchObject([{ card: { picture: "https://blog.example.com/a.png" } }]);
    await send(sandbox, "PUT", path, { main_image: null });
    expect(timeline.all()[0]?.card).not.toHaveProperty("picture");
  });

  test("shows no comment of the text: its author alone sees them, in the editor", async () => {
    const sandbox = aSandbox("devto");
    await send(sandbox, "POST", "articles", { ...article, body_markdown: "B\n\n<!-- C -->\n" });
    expect(sandbox.timeline.all()).toMatchObject([{ text: "B" }]);
  });

  test("takes a draft, and lists it with its text", async () => {
    const sandbox = aSandbox("devto");
    expect(await send(sandbox, "POST", "articles", { ...article, published: false })).toMatchObject({
      status: 201,
      body: { published: false },
    });
    expect(await send(sandbox, "GET", "articles/me/all")).toMatchObject({
      body: { list: [{ published: false, body_markdown: "B", canonical_url: article.canonical_url }] },
    });
  });

  test.each([
    [{ ...article, title: "a".repeat(129) }],
    [{ ...article, title: "" }],
    [{ ...article, body_markdown: "---\ntitle: b\n---\n" }],
    [{ ...article, canonical_url: "https://blog.example.com/a b" }],
    [{ ...article, tags: ["open-web"] }],
    [{ ...article, tags: ["a", "b", "c", "d", "e"] }],
    [{ ...article, tag_list: "a" }],
  ])("refuses what DEV refuses or does not know: %j", async (given) => {
    expect(await send(aSandbox("devto"), "POST", "articles", given)).toMatchObject({ status: 422 });
  });
});
