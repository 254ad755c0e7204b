import { describe, expect, it } from "vitest";
import { readOptions, UsageError } from "../../../src/runtimes/local/options.ts";

describe("the options of npm start", () => {
  it("has a default for each", () => {
    expect(readOptions([])).toEqual({ content: "examples/posts", data: ".crier", port: 4000, config: undefined });
  });

  it("takes what is given", () => {
    expect(readOptions(["--content", "posts", "--data=/tmp/d", "--port", "0", "--config", "my.ts"])).toEqual({
      content: "posts",
      data: "/tmp/d",
      port: 0,
      config: "my.ts",
    });
  });

  it("answers nothing when only help is wanted", () => {
    expect(readOptions(["-h"])).toBeUndefined();
  });

  it.each([
    [["--prot", "1"], /--prot/],
    [["posts"], /posts/],
    [["--port", "http"], /--port http is not a port/],
    [["--port", "65536"], /--port 65536 is not a port/],
    [["--content="], /--content needs a value/],
    [["--data"], /--data/],
  ])("refuses %j and shows the usage", (args, words) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(words);
    expect(() => readOptions(args)).toThrow(/npm start -- /);
  });
});
