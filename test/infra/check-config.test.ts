import { describe, expect, test } from "vitest";
import { checkConfig } from "../../infra/check-config.ts";

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
