import { describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { feedsInProcess } from "../../../src/parsing/parsers-in-process.ts";
import type { PollAnswer } from "../../../src/ports/outside.ts";
import { withSiteOfFeed } from "../../../src/runtimes/local/options.ts";
import { atom, feedUrl, jsonFeed, rss } from "../../feed-reader/reading.ts";

const config = loadConfig({ sites: [{ id: "blog", title: "My blog", url: "https://configured.example/" }] });

const answering = (answer: string | PollAnswer) => ({
  ...feedsInProcess,
  poll: async (url: string): Promise<PollAnswer> =>
    typeof answer === "string"
      ? {
          kind: "content",
          bytes: { url, contentType: undefined, body: new TextEncoder().encode(answer) },
          validators: {},
          movedTo: undefined,
          wait: undefined,
        }
      : answer,
});

const siteOf = async (answer: string) => (await withSiteOfFeed(config, feedUrl, answering(answer))).sites[0];

describe("the site of a feed that is tried", () => {
  test.each([
    ["RSS", rss("<language>pt-br</language>")],
    ["Atom", atom('<link href="https://blog.example.com/"/>', 'xml:lang="pt-BR"')],
    ["JSON Feed", jsonFeed({ id: "1" }, { home_page_url: "https://blog.example.com/", language: "pt-BR" })],
  ])("is the one that the feed describes: %s", async (_, feed) => {
    expect(await siteOf(feed)).toMatchObject({
      id: "blog",
      title: "A Blog",
      url: "https://blog.example.com/",
      author: { name: "A Blog" },
      language: "pt-BR",
      languages: ["pt-BR"],
      authority: "blog.example.com,2026",
    });
  });

  test("is the configured one, where that is the feed's", async () => {
    const feed = rss("<language>de</language>").replace("https://blog.example.com/", "https://www.configured.example/");
    expect(await siteOf(feed)).toEqual(config.sites[0]);
  });

  test("is at the feed's address, where the feed names none", async () => {
    expect(await siteOf('{"items":[]}')).toMatchObject({ url: "https://blog.example.com/", title: "My blog" });
  });
});

describe("what is not a feed is one line at the start:", () => {
  test.each([
    ["<!doctype html><title>Log in</title>", "it is a page, not a feed"],
    [
      { kind: "failed", reason: "blog.example.com answered 500", wait: undefined } as const,
      "blog.example.com answered 500",
    ],
    [
      rss("<item><guid>tag:blog.example.com,2026:blog/0123</guid></item>"),
      "it is the feed that Crier writes for this site: name the feed that the site itself has",
    ],
    [{ kind: "gone", wait: undefined } as const, "it is gone for good (410)"],
  ])("%j", async (answer, problem) => {
    await expect(withSiteOfFeed(config, feedUrl, answering(answer))).rejects.toThrow(
      `--feed ${feedUrl} could not be read: ${problem}`,
    );
  });
});
