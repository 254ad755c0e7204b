import { describe, expect, it } from "vitest";
import { siteAt, trackEditable } from "../../../src/runtimes/local/editable-documents.ts";

type Placed = Parameters<typeof siteAt>[1][number];

const sites: readonly [Placed, Placed] = [
  { id: "blog", folder: "" },
  { id: "notes", folder: "sites/notes/" },
];

describe("the document that the banner suggests to edit", () => {
  it("belongs to the site of the page", () => {
    const documents = trackEditable(sites, ["a.md", "sites/notes/b.md"]);
    expect([documents.of("blog"), documents.of("notes"), documents.of("other")]).toEqual([
      "a.md",
      "sites/notes/b.md",
      undefined,
    ]);
    expect(siteAt("sites/notes/index.html", sites).id).toBe("notes");
    expect(siteAt("categories/notes/index.html", sites).id).toBe("blog");
  });

  it("is the one that was published last", () => {
    const documents = trackEditable(sites, ["a.md", "b.md"]);
    documents.add("b.md");
    expect(documents.of("blog")).toBe("b.md");
    documents.add("new.md");
    expect(documents.of("blog")).toBe("new.md");
  });

  it("is never one that is refused or deleted", () => {
    const documents = trackEditable(sites, ["a.md", "b.md"]);
    documents.remove("a.md");
    documents.remove("never-there.md");
    expect(documents.of("blog")).toBe("b.md");
    documents.remove("b.md");
    expect(documents.of("blog")).toBeUndefined();
  });
});
