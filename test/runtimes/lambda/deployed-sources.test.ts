import { expect, test } from "vitest";
import { openDeployedSources } from "../../../src/runtimes/lambda/environment.ts";
import type { LambdaSourceKind } from "../../../src/sources/source-kind.ts";
import { aSite, notes } from "../../support/builders.ts";

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
