import { describe, expect, it } from "vitest";
import { measures, pictureLines, planLines, textLines } from "../../src/cli/plan-command.ts";
import { aPlannedPost } from "../support/answers.ts";

const aPlannedSnippet = ({ account = "a", reason }: { readonly account?: string; readonly reason: string | null }) => ({
  account,
  network: "x",
  text: "one\n\ntwo",
  length: 8,
  replies: [{ text: "three", length: 5 }],
  limit: 280,
  article: null,
  contentWarning: null,
  language: "en",
  card: { title: "A", description: "An article." },
  pictures: [
    {
      sent: "file",
      url: "https://blog.example.com/a.png",
      alt: "A hand press",
      sendsAlt: true,
      cap: { maxBytes: 1_000_000, maxSide: 2000 },
      prepared: null,
      reason: null,
    },
  ],
  cost: 0.2,
  reach: "elsewhere",
  announced: { when: "later", reason, at: null },
  breaker: null,
});

describe("the output of crier plan", () => {
  it("has the moment of publication and the text of each account", () => {
    const post = aPlannedPost({ slug: "a", label: "A", url: "https://blog.example.com/a/" });
    const snippet = aPlannedSnippet({ reason: "scheduled" });
    const warnings = [{ code: "w", message: "guessed" }];
    expect(
      planLines({ post, warnings, snippets: [snippet], origins: {}, existing: null, timeZone: "Europe/Berlin" }),
    ).toEqual([
      { text: "A", format: "bold" },
      "  https://blog.example.com/a/",
      "  slug a, published 2026-03-01 09:00 Europe/Berlin",
      { text: "  note: guessed", format: "yellow" },
      "",
      { text: "  a (x, elsewhere): 8 of 280 characters, language en, $0.20", format: "bold" },
      { text: "    not now: scheduled", format: "yellow" },
      "    one",
      "",
      "    two",
      "    ↳ 5 of 280 characters:",
      "    three",
      { text: "    card: A", format: "dim" },
      { text: "          An article.", format: "dim" },
      { text: "    picture: https://blog.example.com/a.png", format: "dim" },
      {
        text: '          scaled down where it has more than 2,000 pixels or 1 MB; alt "A hand press"',
        format: "dim",
      },
    ]);
  });

  it("shows a content warning and the mark of a sensitive post", () => {
    const social = { off: false, useSummary: true, texts: {}, contentWarning: "Spoilers", sensitive: true };
    const plan = { warnings: [], snippets: [], origins: {}, existing: null, timeZone: "UTC" };
    expect(planLines({ ...plan, post: aPlannedPost({ social }) })).toEqual(
      expect.arrayContaining(["  content warning: Spoilers", "  marked as sensitive, where a network can do that"]),
    );
  });

  it.each([
    ["field", "in a field of its own"],
    ["text", "above the text"],
    ["spoiler", "above the text, which is hidden until a reader asks for it"],
  ] as const)("says of each account where its network shows the content warning: %s", (place, where) => {
    const snippet = { ...aPlannedSnippet({ reason: null }), contentWarning: { text: "Spoilers", place } };
    const plan = { warnings: [], snippets: [snippet], origins: {}, existing: null, timeZone: "UTC" };
    expect(planLines({ ...plan, post: aPlannedPost() })).toContainEqual({
      text: `    content warning "Spoilers": ${where}`,
      format: "dim",
    });
  });

  it("says once why no account would announce it now, and of each account where they differ", () => {
    const post = aPlannedPost({ slug: "a", label: "A", url: "https://blog.example.com/a/" });
    const linesOf = (...reasons: readonly (string | null)[]) => {
      const snippets = reasons.map((reason, at) => aPlannedSnippet({ account: `a${at}`, reason }));
      return planLines({ post, warnings: [], snippets, origins: {}, existing: null, timeZone: "UTC" }).flatMap(
        (line) => (typeof line !== "string" && line.text.includes("not now") ? [line.text] : []),
      );
    };
    expect(linesOf("too old", "too old")).toEqual(["  not now, by any account: too old"]);
    expect(linesOf("too old")).toEqual(["    not now: too old"]);
    expect(linesOf("too old", "scheduled")).toEqual(["    not now: too old", "    not now: scheduled"]);
    expect(linesOf("too old", null)).toEqual(["    not now: too old"]);
    expect(linesOf(null, null)).toEqual([]);
  });

  it("says that the whole post is sent, and shows no text that is not", () => {
    const snippet = { text: "one", replies: [], length: 3, limit: 5000, article: 5233, language: "en", cost: null };
    expect(measures(snippet)).toBe("the whole post as an article of 5,233 characters, language en");
    expect(textLines(snippet)).toEqual([]);
    expect(measures({ ...snippet, article: null })).toBe("3 of 5,000 characters, language en");
  });

  it("says of a picture what is sent of it, what is known of it, and why none is sent", () => {
    const picture = {
      sent: "file",
      url: "https://blog.example.com/a.png",
      alt: null,
      sendsAlt: false,
      cap: { maxBytes: 5_000_000, maxSide: 2048 },
      prepared: { mediaType: "image/jpeg", width: 1600, height: 800, size: 212_345 },
      reason: null,
    };
    expect(pictureLines({ pictures: [picture] })[1]).toBe("      JPEG, 1600 × 800, 213 KB; no alternative text");
    expect(pictureLines({ pictures: [{ ...picture, alt: "A hand press" }] })[1]).toMatch(
      /; its alternative text is not sent$/,
    );
    const failed = { ...picture, prepared: null, reason: "blog.example.com answered 404" };
    expect(pictureLines({ pictures: [failed] })).toContain("      so far blog.example.com answered 404");
    expect(pictureLines({ pictures: [{ ...picture, sent: "address", prepared: null }] })[1]).toMatch(
      /^ +loaded by the network;/,
    );
    const unsent = { ...picture, sent: "none", reason: "because" };
    expect(pictureLines({ pictures: [unsent, unsent] })).toEqual(["no picture is sent: because"]);
    expect(pictureLines({ pictures: [picture, unsent] })).toContain("      is not sent: because");
    expect(pictureLines({ pictures: [] })).toEqual([]);
  });
});
