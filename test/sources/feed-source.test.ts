import { expect, test } from "vitest";
import { deployedFeed, feed } from "../../src/sources/feed-source.ts";

const url = "https://blog.example.com/feed.xml";

test("a feed is polled: nothing is listed, and no document of it is gone until a poll says so", async () => {
  for (const source of [await feed.open(url, "."), deployedFeed.open(url)]) {
    expect(source).toMatchObject({ name: "feed", feed: url });
    expect(await source.list()).toEqual([]);
    expect(await source.read(`${url}#1`)).toBe("unreadable");
  }
});

test("what a person opens to see an entry is its page, and nothing of it is edited on this machine", async () => {
  const source = await feed.open(url, ".");
  expect([source.editable, source.location("https://blog.example.com/a/"), source.location("")]).toEqual([
    false,
    "https://blog.example.com/a/",
    url,
  ]);
});
