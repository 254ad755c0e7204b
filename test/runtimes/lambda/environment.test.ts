import { expect, test } from "vitest";
import { loadConfig } from "../../../src/config.ts";
import { openDeployedSources, withFeedsHost } from "../../../src/runtimes/lambda/environment.ts";
import type { LambdaSourceKind } from "../../../src/sources/source-kind.ts";
import { aSite, notes } from "../../support/builders.ts";

const blog = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };
const second = { id: "notes", title: "Notes", url: "https://notes.example.com/" };
const own = { ...second, id: "own", url: "https://own.example.com/", feedsUrl: "https://feeds.example.net/" };
const addresses = (sites: readonly unknown[], host: string | undefined) =>
  withFeedsHost(loadConfig({ sites }), host).sites.map(({ feedsUrl }) => feedsUrl);

test("a site is served where the deployment is, in its folder, and one with an address of its own there", () => {
  expect(addresses([blog, second, own], "d1.cloudfront.net")).toEqual([
    "https://d1.cloudfront.net/",
    "https://d1.cloudfront.net/sites/notes/",
    "https://feeds.example.net/",
  ]);
});

test("where the first site has an address, the others without one are below it", () => {
  const first = { ...blog, feedsUrl: "https://feeds.example.com/" };
  expect(addresses([first, second], "d1.cloudfront.net")).toEqual([
    "https://feeds.example.com/",
    "https://feeds.example.com/sites/notes/",
  ]);
});

test("in a function that names no feeds all is as configured", () => {
  expect(addresses([blog, own], undefined)).toEqual(["https://blog.example.com/", "https://feeds.example.net/"]);
});

const kind = (name: "bucket" | "feed", variable?: string): LambdaSourceKind => ({
  name,
  ...(variable === undefined ? {} : { variable }),
  open: (place) => ({ name, list: async () => [place], read: async () => undefined }),
});

const feed = (location: string) => ({ kind: "feed", location, include: [], exclude: [] }) as const;

test("a deployment has the bucket that all sites share, and the feeds of each site", async () => {
  const folder = { ...feed("content"), kind: "folder" } as const;
  const sites = [
    aSite({ sources: [folder, feed("https://a.example/feed")] }),
    aSite({ ...notes, sources: [feed("https://a.example/feed")] }),
  ];
  const opened = openDeployedSources(
    [kind("bucket", "CONTENT_BUCKET"), kind("feed")],
    sites,
    (name) => `value of ${name}`,
  );
  expect(await Promise.all(opened.map(async ({ name, site, list }) => [site, name, ...(await list())]))).toEqual([
    [undefined, "bucket", "value of CONTENT_BUCKET"],
    ["blog", "feed:https://a.example/feed", "https://a.example/feed"],
    ["notes", "feed:https://a.example/feed", "https://a.example/feed"],
  ]);
});
