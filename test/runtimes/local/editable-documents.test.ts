import { describe, expect, it } from "vitest";
import { trackEditable } from "../../../src/runtimes/local/intake.ts";

const documents = () => {
  const tracked = trackEditable();
  for (const file of ["b.md", "a.md"]) tracked.add("blog", file);
  return tracked;
};

describe("the document that the banner suggests to edit", () => {
  it("belongs to the site of the page", () => {
    const tracked = documents();
    tracked.add("notes", "sites/notes/b.md");
    expect([tracked.last("blog"), tracked.last("notes"), tracked.last("other")]).toEqual([
      "a.md",
      "sites/notes/b.md",
      undefined,
    ]);
  });

  it("is the one that was published last", () => {
    const tracked = documents();
    tracked.add("blog", "b.md");
    expect(tracked.last("blog")).toBe("b.md");
    tracked.add("blog", "new.md");
    expect(tracked.last("blog")).toBe("new.md");
  });

  it("is never one that is refused or deleted", () => {
    const tracked = documents();
    tracked.remove("blog", "a.md");
    tracked.remove("other", "never-there.md");
    expect(tracked.last("blog")).toBe("b.md");
    tracked.remove("blog", "b.md");
    expect(tracked.last("blog")).toBeUndefined();
  });
});
