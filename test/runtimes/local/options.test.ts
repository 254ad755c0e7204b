import { describe, expect, it } from "vitest";
import { readOptions, UsageError } from "../../../src/runtimes/local/options.ts";

describe("the options of npm start", () => {
  it("have defaults", () => {
    expect(readOptions([])).toEqual({
      content: undefined,
      feed: undefined,
      data: ".crier",
      port: 4000,
      config: undefined,
    });
  });

  it("are read", () => {
    expect(readOptions(["--content", "posts", "--data=/tmp/d", "--port", "0", "--config", "my.ts"])).toEqual({
      content: "posts",
      feed: undefined,
      data: "/tmp/d",
      port: 0,
      config: "my.ts",
    });
  });

  it("take the address of a feed", () => {
    expect(readOptions(["--feed", "https://Blog.example.com"])?.feed).toBe("https://blog.example.com/");
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
    [["--feed", "feed.xml"], /--feed feed.xml is not the address of a feed/],
    [["--feed", "https://blog.example.com/", "--content", "posts"], /--content and --feed are two sources/],
  ])("are refused with the usage: %j", (args, words) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(words);
    expect(() => readOptions(args)).toThrow(/npm start -- /);
  });
});
