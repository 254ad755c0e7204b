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
    expect(await listed(store.documents.all("blog", "folder"))).toEqual([missing, refused]);
    expect(await store.documents.read("blog", "folder", refused.path)).toEqual(refused);
    await store.documents.remove("blog", "folder", refused.path);
    expect(await store.documents.read("blog", "folder", refused.path)).toBeUndefined();
    expect(await listed(store.documents.all("blog", "folder"))).toEqual([missing]);
  });
};
