import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { parseFaults } from "../support/parse-faults.ts";
import { theSite } from "./sample-documents.ts";

/** The examples that are shipped. A user who tries Crier adds other documents to the folder. */
const examples = ["2026-10-05-own-your-feed.md", "2026-10-27-post-once.md", "2026-11-16-names-that-last.md"];

describe("the example posts", () => {
  it("are published without a warning, with every field of a post", async () => {
    const source = folderSource(join(import.meta.dirname, "../../examples/posts"));
    expect(await source.list()).toEqual(expect.arrayContaining(examples));
    for (const path of examples) {
      const parsed = parseDocument((await source.read(path)) ?? new Uint8Array(), path, theSite());
      expect(parsed).toMatchObject({
        kind: "post",
        warnings: [],
        content: {
          published: expect.any(Number),
          image: { url: expect.stringContaining("https://"), alt: expect.any(String), creditHtml: expect.any(String) },
          social: { share: expect.any(String) },
          summary: expect.stringMatching(/^.{60,200}$/),
          hold: undefined,
        },
      });
      expect(parsed.kind === "post" && parseFaults(parsed.content.html)).toEqual([]);
    }
  });
});
