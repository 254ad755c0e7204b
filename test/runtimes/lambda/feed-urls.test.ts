import { expect, test } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { withFeedUrls } from "../../../src/runtimes/lambda/feed-urls.ts";

const config = loadConfig({
  sites: [
    { id: "blog", title: "A Blog", url: "https://blog.example.com/" },
    { id: "notes", title: "Notes", url: "https://notes.example.com/", feedsUrl: "https://feeds.example.net/" },
  ],
});
const addresses = (urls: string | undefined) => withFeedUrls(config, urls).sites.map(({ feedsUrl }) => feedsUrl);

test("a site is served where the deployment is, and one with an address of its own there", () => {
  expect(addresses('{"blog":"https://d1.cloudfront.net/"}')).toEqual([
    "https://d1.cloudfront.net/",
    "https://feeds.example.net/",
  ]);
});

test("without addresses of the deployment all is as configured", () => {
  expect(addresses(undefined)).toEqual(["https://blog.example.com/", "https://feeds.example.net/"]);
});

test("what is not an address is refused", () => {
  expect(() => addresses('{"blog":"nowhere"}')).toThrow();
});
