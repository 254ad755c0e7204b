import { describe, expect, it } from "vitest";
import { editable, siteAt } from "../../../src/runtimes/local/editable-document.ts";

type Placed = Parameters<typeof siteAt>[1][number];

const sites: readonly [Placed, Placed] = [
  { id: "blog", folder: "" },
  { id: "notes", folder: "sites/notes/" },
];

describe("the document that a person is asked to edit", () => {
  it("is one of the page's own site", () => {
    const documents = editable(sites, ["a.md", "sites/notes/b.md"]);
    expect([documents.of("blog"), documents.of("notes"), documents.of("other")]).toEqual([
      "a.md",
      "sites/notes/b.md",
      undefined,
    ]);
    expect(siteAt("sites/notes/index.html", sites).id).toBe("notes");
    expect(siteAt("categories/notes/index.html", sites).id).toBe("blog");
  });

  it("is the one published last", () => {
    const documents = editable(sites, ["a.md", "b.md"]);
    documents.published("b.md");
    expect(documents.of("blog")).toBe("b.md");
    documents.published("new.md");
    expect(documents.of("blog")).toBe("new.md");
  });

  it("is none that is refused or gone", () => {
    const documents = editable(sites, ["a.md", "b.md"]);
    documents.lost("a.md");
    documents.lost("never-there.md");
    expect(documents.of("blog")).toBe("b.md");
    documents.lost("b.md");
    expect(documents.of("blog")).toBeUndefined();
  });
});
