import { describe, expect, test } from "vitest";
import { hashtags } from "../../src/domain/hashtags.ts";

describe("hashtags", () => {
  const tags = (...categories: { name: string; type?: string }[]) => hashtags({ categories });

  test("have exact, specific and niche categories before general ones", () => {
    const names = tags(
      { name: "Technology", type: "general" },
      { name: "Feeds" },
      { name: "WebSub", type: "exact" },
      { name: "strange", type: "unheard-of" },
      { name: "Atom", type: "niche" },
    );
    expect(names).toEqual(["#WebSub", "#Atom", "#Feeds", "#Technology", "#strange"]);
  });

  test("are one word in camel case, whatever the language", () => {
    expect(
      tags({ name: "open web" }, { name: "naïve café" }, { name: "iOS" }, { name: "機械学習" }, { name: "हिन्दी लेख" }),
    ).toEqual(["#OpenWeb", "#NaïveCafé", "#iOS", "#機械学習", "#हिन्दीलेख"]);
  });

  test("are never empty, never only a number, never the same twice", () => {
    expect(tags({ name: "***" }, { name: "2026" }, { name: "AI" }, { name: "ai" }, { name: "Web 2.0" })).toHaveLength(
      2,
    );
  });
});
