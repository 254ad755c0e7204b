import { expect, test } from "vitest";
import { linksIn } from "../../src/networks/network-text.ts";

test("text that only looks like a link is not one", () => {
  expect(linksIn("https://... http://[ nothing")).toEqual([]);
});

const urls = (text: string): readonly string[] => linksIn(text).map(({ url }) => url);

test.each([
  ["a comma", "https://a.example/b、次に", "https://a.example/b"],
  ["a full stop", "https://a.example/b/。次に", "https://a.example/b/"],
  ["brackets", "「https://a.example/b」と（https://a.example/b）", "https://a.example/b"],
  ["a particle", "https://a.example/bをご覧ください", "https://a.example/b"],
  ["a particle behind a slash", "https://a.example/b/をご覧ください", "https://a.example/b/"],
  ["a particle behind the host", "https://a.exampleを", "https://a.example"],
  ["a particle behind a bracket", "https://a.example/b_(c)を", "https://a.example/b_(c)"],
  ["Chinese", "https://a.example/b了解更多", "https://a.example/b"],
  ["Korean", "https://a.example/b에서 확인하세요", "https://a.example/b"],
  ["Thai", "https://a.example/bอ่านต่อ", "https://a.example/b"],
  ["a particle and another link", "https://a.example/bとhttps://a.example/b", "https://a.example/b"],
])("a link ends before %s", (_, text, url) => {
  expect([...new Set(urls(text))]).toEqual([url]);
});

test.each([
  "https://ja.wikipedia.org/wiki/日本",
  "https://ja.wikipedia.org/wiki/日本_(曖昧さ回避)",
  "https://a.example/posts/はじめての投稿/",
  "https://a.example/?q=日本",
  "https://a.example/b#見出し",
  "https://日本語.jp/a",
  "https://ひらがな.jp/",
  "https://bücher.example/straße",
])("what a browser has decoded is a part of the link: %s", (url) => {
  expect(urls(`${url} (${url}) ${url}。次に`)).toEqual([url, url, url]);
});
