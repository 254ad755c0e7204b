import { describe, expect, it } from "vitest";
import { readOptions, UsageError, usage } from "../../../src/runtimes/local/options.ts";
import { readFromRoot } from "../../support/pages.ts";

describe("the options of npm start", () => {
  it("have defaults", () => {
    expect(readOptions([])).toEqual({
      content: undefined,
      feed: undefined,
      data: ".crier",
      host: undefined,
      port: 4000,
      publicUrl: undefined,
      console: false,
      config: undefined,
    });
  });

  it("are read", () => {
    expect(
      readOptions(["--content", "posts", "--data=/tmp/d", "--port", "0", "--config", "my.ts", "--console"]),
    ).toEqual({
      content: "posts",
      feed: undefined,
      data: "/tmp/d",
      host: undefined,
      port: 0,
      publicUrl: undefined,
      console: true,
      config: "my.ts",
    });
  });

  it("take the address of a feed", () => {
    expect(readOptions(["--feed", "https://Blog.example.com"])?.feed).toBe("https://blog.example.com/");
  });

  it("take where to listen, and the address that others know", () => {
    const all = ["0.0.0.0", "::", "::1", "localhost"].map((host) => readOptions(["--host", host])?.host);
    expect(all).toEqual(["0.0.0.0", "::", "::1", "localhost"]);
    const given = ["https://Feeds.example.com", "https://example.com/feeds", "http://[::1]:8080/"];
    expect(given.map((url) => readOptions(["--public-url", url])?.publicUrl)).toEqual([
      "https://feeds.example.com/",
      "https://example.com/feeds/",
      "http://[::1]:8080/",
    ]);
  });

  it("are all in the table of docs/start.md", async () => {
    const [table = ""] = /(?<=^## Options\n)[\s\S]*?(?=\n## )/m.exec(await readFromRoot("docs/start.md")) ?? [];
    const shown = new Set([...table.matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag));
    const known = new Set([...usage.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag));
    expect(shown).toEqual(known);
  });

  it("are undefined for --help", () => {
    expect(readOptions(["-h"])).toBeUndefined();
  });

  it.each([
    [["--prot", "1"], /--prot/],
    [["posts"], /posts/],
    [["--port", "http"], /--port http is not a port/],
    [["--port", "65536"], /--port 65536 is not a port/],
    [["--content="], /--content needs a value/],
    [["--data"], /--data/],
    [["--host", "feeds.example.com"], /--host feeds.example.com is not an address of this machine/],
    [["--host", ""], /--host needs a value/],
    [["--console=yes"], /--console/],
    [["--heartbeat", "a1b2"], /--heartbeat a1b2 is not the address of a monitor/],
    [["--heartbeat", ""], /--heartbeat needs a value/],
    [["--public-url", "feeds.example.com"], /--public-url feeds.example.com is not an address for feeds/],
    [["--public-url", "https://feeds.example.com/?a=b"], /--public-url .* is not an address for feeds/],
    [["--public-url", "https://me:secret@feeds.example.com/"], /--public-url .* is not an address for feeds/],
    [["--feed", "feed.xml"], /--feed feed.xml is not the address of a feed/],
    [["--feed", "https://blog.example.com/", "--content", "posts"], /--content and --feed are two sources/],
  ])("are refused with the usage: %j", (args, words) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(words);
    expect(() => readOptions(args)).toThrow(/npx crier start /);
  });
});
