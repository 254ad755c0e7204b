import { expect, test } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { withFeedsHost } from "../../../src/runtimes/lambda/environment.ts";

const blog = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };
const notes = { id: "notes", title: "Notes", url: "https://notes.example.com/" };
const own = { ...notes, id: "own", url: "https://own.example.com/", feedsUrl: "https://feeds.example.net/" };
const addresses = (sites: readonly unknown[], host: string | undefined) =>
  withFeedsHost(loadConfig({ sites }), host).sites.map(({ feedsUrl }) => feedsUrl);

test("a site is served where the deployment is, in its folder, and one with an address of its own there", () => {
  expect(addresses([blog, notes, own], "d1.cloudfront.net")).toEqual([
    "https://d1.cloudfront.net/",
    "https://d1.cloudfront.net/sites/notes/",
    "https://feeds.example.net/",
  ]);
});

test("where the first site has an address, the others without one are below it", () => {
  const first = { ...blog, feedsUrl: "https://feeds.example.com/" };
  expect(addresses([first, notes], "d1.cloudfront.net")).toEqual([
    "https://feeds.example.com/",
    "https://feeds.example.com/sites/notes/",
  ]);
});

test("in a function that names no feeds all is as configured", () => {
  expect(addresses([blog, own], undefined)).toEqual(["https://blog.example.com/", "https://feeds.example.net/"]);
});
