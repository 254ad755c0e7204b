import { describe, expect, test } from "vitest";
import { hashtags } from "../../src/domain/snippet.ts";

describe("hashtags", () => {
  const only = (name: string) => hashtags({ categories: [{ name }] });
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
    ).toEqual(["#OpenWeb", "#NaïveCafé", "#iOS", "#機械学習", "#हिन्दी_लेख"]);
  });

  test("are never empty, never only a number, never the same twice", () => {
    expect(tags({ name: "***" }, { name: "2026" }, { name: "AI" }, { name: "ai" }, { name: "Web 2.0" })).toHaveLength(
      2,
    );
  });

  test.each([
    ["C#", "#CSharp"],
    ["F# 9", "#FSharp9"],
    ["C++", "#CPlusPlus"],
    ["modern c++ idioms", "#ModernCPlusPlusIdioms"],
    ["Google+", "#GooglePlus"],
    [".NET", "#DotNET"],
    ["ASP.NET Core", "#ASPNETCore"],
    ["#webdev", "#webdev"],
  ])("lose nothing of a name with signs: %s", (name, tag) => {
    expect(only(name)).toEqual([tag]);
  });

  test.each(["A&E", "R&D", "C*", "A/B", "π≈3"])("are left out where a sign cannot be spelt: %s", (name) => {
    expect(only(name)).toEqual([]);
  });

  test("keep the case of a word that has one", () => {
    expect(["iOS 18", "eBay sellers", "open web", "GNU/Linux tips"].flatMap(only)).toEqual([
      "#iOS18",
      "#eBaySellers",
      "#OpenWeb",
      "#GNULinuxTips",
    ]);
  });

  test("join words with _ where the script has no case, and numbers, which would be another number", () => {
    expect(["الويب المفتوح", "오픈 웹", "日本 2026", "AI 機械学習", "Python 3.12", "Web 2.0"].flatMap(only)).toEqual([
      "#الويب_المفتوح",
      "#오픈_웹",
      "#日本2026",
      "#AI機械学習",
      "#Python3_12",
      "#Web2_0",
    ]);
  });

  test("are without an article before an apostrophe, and without any other apostrophe", () => {
    expect(["l'IA", "l’open source", "dell'arte", "qu'on", "developer's guide", "O'Reilly"].flatMap(only)).toEqual([
      "#IA",
      "#OpenSource",
      "#arte",
      "#on",
      "#DevelopersGuide",
      "#OReilly",
    ]);
  });

  test("are written as in the title, unless that is in small letters or shouted", () => {
    const tag = (name: string, title: string) => hashtags({ categories: [{ name }], title });
    expect(tag("Llms", "LLMs: Beyond the Hype")).toEqual(["#LLMs"]);
    expect(tag("rust", "Announcing Rust 1.92")).toEqual(["#Rust"]);
    expect(tag("iOS", "what ios does")).toEqual(["#iOS"]);
    expect(tag("rust", "RUST IS HERE")).toEqual(["#rust"]);
  });
});
