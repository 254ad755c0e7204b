import { describe, expect, test } from "vitest";
import { checkConfig } from "../../infra/check-config.ts";
import { viewerRequest } from "../../infra/viewer-request.ts";

const site = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };

describe("the input of the stack", () => {
  test("is the configuration, and the stage production by default", () => {
    expect(checkConfig({ sites: [site] }, undefined)).toMatchObject({
      config: { sites: [{ id: "blog", language: "en" }] },
      stage: "production",
    });
  });

  test("may name folders, which a deployment does not read: one line says so for each", () => {
    const sources = [{ feed: "https://blog.example.com/feed.xml" }, { folder: "content" }];
    expect(checkConfig({ sites: [{ ...site, sources }] }, undefined)).toMatchObject({
      warnings: [
        'crier.config.ts: sites[0].sources[1]: a deployment does not read the folder "content": copy its documents to the upload bucket',
      ],
    });
  });

  test("may have as many redirects and paths of feeds as fit into the function of CloudFront, and one byte more is refused", () => {
    const feeds = { paths: { rss: "/index.xml" } };
    const size = Buffer.byteLength(
      viewerRequest({ redirects: { "/": "/feed.xml" }, paths: { "/index.xml": "/feed.xml" } }),
    );
    const configured = (bytes: number) => {
      const redirects = { [`/${"a".repeat(bytes - size)}`]: "/feed.xml" };
      return checkConfig({ sites: [{ ...site, feeds }], deployment: { redirects } }, undefined);
    };
    expect(configured(10_240)).not.toHaveProperty("problems");
    expect(configured(10_241)).toEqual({
      problems: [
        "crier.config.ts: deployment.redirects, sites[].feeds.paths: with all of them the function of CloudFront has 10,241 bytes, and CloudFront takes 10,240: use fewer or shorter paths, or redirect some of them elsewhere",
      ],
    });
  });

  test("is refused with a line for each mistake in the configuration and in the stage", () => {
    expect(checkConfig({ sites: [{ ...site, url: "nowhere" }], accounts: 1 }, "Live")).toEqual({
      problems: [
        "crier.config.ts: sites[0].url: use an absolute URL, for example https://blog.example.com/",
        "crier.config.ts: accounts: use a list: [ … ]",
        expect.stringMatching(/^The stage "Live" is not a valid name: .*-c stage=preview\.$/),
      ],
    });
  });
});
