import { expect, test } from "vitest";
import { start } from "../../support/builders.ts";
import { type Empty, listed } from "./empty.ts";

export const documentsContract = (empty: Empty): void => {
  test("stores the documents of a source, with refusals and missing documents", async () => {
    const { store } = await empty();
    const refused = {
      site: "blog",
      source: "folder",
      path: "ja/#1 あ.md",
      refusal: { hash: "h", reasons: [{ code: "title-missing", field: "title", message: "no title" }], at: start },
    };
    const missing = {
      site: "blog",
      source: "folder",
      path: "a.md",
      post: "id",
      missing: { since: start, reason: "empty folder" },
    };
    await store.documents.put(refused);
    await store.documents.put({ ...missing, source: "github" });
    await store.documents.put(missing);
    expect(await listed(store.documents.all("blog", "folder"))).toMatchObject([missing, refused]);
    const row = await store.documents.read("blog", "folder", refused.path);
    expect(row).toEqual({ ...refused, save: expect.any(String) });
    expect(row && (await store.documents.remove(row))).toBe(true);
    expect(await store.documents.read("blog", "folder", refused.path)).toBeUndefined();
    expect(await listed(store.documents.all("blog", "folder"))).toMatchObject([missing]);
  });

  test("lists those of a site that became no post, the newest first, without reading the others", async () => {
    const { documents } = (await empty()).store;
    const own = { site: "blog", source: "folder" };
    const reasons = [{ code: "title-missing", field: "title", message: "no title" }] as const;
    await documents.put({ ...own, path: "post.md", post: "id" });
    await documents.put({ ...own, path: "refused.md", refusal: { hash: "h", reasons, at: start + 1 } });
    await documents.put({
      ...own,
      source: "github",
      path: "gone.md",
      post: "i",
      missing: { since: start, reason: "r" },
    });
    await documents.put({ ...own, path: "page.md", page: "its layout" });
    await documents.put({ ...own, site: "other", path: "page.md", page: "its layout" });
    const reported = async () => (await listed(documents.reported("blog"))).map(({ path }) => path);
    expect(await reported()).toEqual(["refused.md", "gone.md", "page.md"]);
    await documents.put({ ...own, path: "refused.md", post: "id2" });
    expect(await reported()).toEqual(["gone.md", "page.md"]);
  });

  test("replaces a document's row only as it was read, whatever was saved since", async () => {
    const { documents } = (await empty()).store;
    const document = { site: "blog", source: "folder", path: "a.md", post: "id" };
    const first = await documents.replace(document, undefined);
    expect(first).toMatchObject(document);
    expect(await documents.read("blog", "folder", "a.md")).toEqual(first);
    expect(await documents.replace({ ...document, post: "other" }, undefined)).toBeUndefined();
    const second = await documents.replace({ ...document, unsaved: ["other"] }, first);
    expect(second).toMatchObject({ ...document, unsaved: ["other"] });
    expect(await documents.replace(document, first)).toBeUndefined();
    expect(await documents.read("blog", "folder", "a.md")).toEqual(second);
  });

  test("removes a document's row only as it was read, whatever was saved since", async () => {
    const { documents } = (await empty()).store;
    const document = { site: "blog", source: "folder", path: "a.md", post: "id" };
    const read = () => documents.read("blog", "folder", "a.md");
    await documents.put(document);
    const before = await read();
    await documents.put(document);
    expect(before && (await documents.remove(before))).toBe(false);
    expect(await read()).toMatchObject(document);
    expect(await documents.remove(document)).toBe(false);
    const now = await read();
    expect(now && (await documents.remove(now))).toBe(true);
    expect(now && (await documents.remove(now))).toBe(false);
  });
};
