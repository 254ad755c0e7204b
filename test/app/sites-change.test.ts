import { describe, expect, test } from "vitest";
import { aDocument, aWorld } from "../support/world.ts";

const notes = {
  id: "notes",
  title: "Notes",
  url: "https://notes.example.com/",
  folder: "sites/notes/",
  feedsUrl: "https://feeds.example.com/sites/notes/",
};

describe("a folder that becomes another site's", () => {
  test("leaves the site that had it: no post is in both", async () => {
    const world = await aWorld({ others: [notes] });
    world.write("sites/notes/hello.md", aDocument({ title: "Hello", slug: "hello" }));
    world.write("other.md", aDocument({ title: "Other" }));
    // What the first site knew before the second one was configured.
    const { composeApp } = await import("../../src/compose.ts");
    expect(composeApp).toBeDefined();
  });
});
