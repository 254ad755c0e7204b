import { describe, expect, test } from "vitest";
import * as z from "zod";
import { noteText } from "../../src/domain/note-text.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { recordError } from "../../src/sandbox/bluesky-emulator.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";

const facets = z.array(
  z.object({
    index: z.object({ byteStart: z.number(), byteEnd: z.number() }),
    features: z.array(z.object({ uri: z.string().optional(), tag: z.string().optional() })),
  }),
);
const account = aConfiguredAccount({ name: "me", network: "bluesky" });
const aNote = (html: string, share = noteText(html, "en")) =>
  aContent({ isNote: true, html, summary: share, social: { off: false, useSummary: false, texts: {}, share } });
const compose = (content: ReturnType<typeof aNote>) => bluesky.compose(snippetFor(content, account, start), account);

/** What each link of a record covers, by bytes, and where it leads. */
const linksOf = ({ text, request }: ReturnType<typeof compose>) => {
  const bytes = Buffer.from(text);
  return facets.parse(request.facets).map(({ index, features }) => {
    return [bytes.subarray(index.byteStart, index.byteEnd).toString(), features[0]?.uri ?? features[0]?.tag];
  });
};

describe("a note on Bluesky", () => {
  test("has its links as facets, and no address in its text", () => {
    const composed = compose(
      aNote(
        '<p>Ünter the <a href="https://h.example/a">harbour 🌊</a> and <a href="https://h.example/b">b</a> #sea</p>',
      ),
    );
    expect(composed.text).toBe("Ünter the harbour 🌊 and b #sea");
    expect(linksOf(composed)).toEqual([
      ["harbour 🌊", "https://h.example/a"],
      ["b", "https://h.example/b"],
      ["#sea", "sea"],
    ]);
  });

  test("keeps an address that is its own text, and a link around what looks like one", () => {
    const composed = compose(
      aNote('<p><a href="https://h.example/">h.example</a> <a href="https://other.example/">see h.example/x</a></p>'),
    );
    expect(composed.text).toBe("https://h.example/ see h.example/x");
    expect(linksOf(composed)).toEqual([
      ["https://h.example/", "https://h.example/"],
      ["see h.example/x", "https://other.example/"],
    ]);
  });

  test("that is too long has its addresses in the text, which is cut before the link to its page", () => {
    const long = aNote(`<p>${"Many words. ".repeat(40)}<a href="https://h.example/a">a</a></p>`);
    const composed = compose(long);
    expect(composed.text).toMatch(/^Many words\..*\n\nblog\.example\.com/s);
    expect(linksOf(composed).map(([, url]) => url)).toEqual([long.url]);
  });

  test("is refused by the sandbox where the offsets of a link are wrong", () => {
    const { text, request } = compose(aNote('<p>To the <a href="https://h.example/a">harbour</a> now</p>'));
    const moved = (by: number) => {
      const [{ index, features } = { index: { byteStart: 0, byteEnd: 0 }, features: [] }] = facets.parse(
        request.facets,
      );
      const link = { $type: "app.bsky.richtext.facet#link", ...features[0] };
      return recordError({
        text,
        facets: [{ index: { byteStart: index.byteStart + by, byteEnd: index.byteEnd + by }, features: [link] }],
      });
    };
    expect(moved(0)).toBeUndefined();
    expect(moved(-1)).toContain("do not belong to");
    expect(moved(2)).toContain("do not belong to");
  });

  test("whose author wrote another text for networks is that text", () => {
    expect(compose(aNote('<p><a href="https://h.example/a">a</a></p>', "Another.")).text).toBe("Another.");
  });
});
