import { glob, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { leanSchemas, unusedOfSchemas, withOneEvent, withoutMethods } from "../../infra/bundling/lean-libraries.ts";

const read = (file: string): Promise<string> =>
  readFile(new URL(`../../node_modules/${file}`, import.meta.url), "utf8");

describe("a method that no function calls", () => {
  const text = `class Post {
  read() {
    if (this.isRead) {
      return;
    }
  }
  async send(to) {
    await to;
  }
  get read() {
    return 1;
  }
  other: function _other(one) {
    return one;
  },
}
read();
`;

  test("is removed wherever it is, and nothing beside it", () => {
    expect(withoutMethods(text, ["read", "other"], "a library")).toBe(`class Post {
  async send(to) {
    await to;
  }
}
read();
`);
  });

  test("that is not there is an error, which says what to correct", () => {
    expect(() => withoutMethods(text, ["send", "sen"], "a library")).toThrow(
      /^a library no longer has .*sen.*: look at what it has, and correct lean-libraries\.ts\.$/,
    );
  });
});

describe("zod in the bundles", () => {
  test("has lost the methods, with the classes that they alone name", async () => {
    const lean = leanSchemas(await read("zod/v4/classic/schemas.js"));
    for (const name of unusedOfSchemas) expect(lean).not.toMatch(new RegExp(`^    (?:async )?${name}\\(`, "m"));
    expect(lean).not.toContain("this.check(core._email(");
    for (const name of ["optional", "min", "extend", "parse"]) expect(lean).toMatch(new RegExp(`^    ${name}\\b`, "m"));
  });

  test("is not changed where it has another form", () => {
    expect(() => leanSchemas("export const ZodString = 1;")).toThrow("zod no longer has import { util }");
  });

  test("has the methods that the sources call of schemas", async () => {
    const call = new RegExp(String.raw`(?<!\bz(?:\.iso)?\s*)\.(?:${unusedOfSchemas.join("|")})\(.*`, "g");
    const found: string[] = [];
    for await (const file of glob("src/**/*.ts")) {
      const text = await readFile(file, "utf8");
      if (text.includes('from "zod"')) found.push(...[...text.matchAll(call)].map(([one]) => `${file}: ${one}`));
    }
    expect(found).toEqual([]);
  });
});

test("an event for a function is taken as one of its URL, and the classes for others are left out", async () => {
  const lean = withOneEvent(await read("hono/dist/adapter/aws-lambda/handler.js"));
  expect(lean).toContain("const getProcessor = () => v2Processor;");
  expect(lean.match(/^const \w+Processor = \/\* @__PURE__ \*\/ new/gm)).toHaveLength(3);
  expect(() => withOneEvent("export const handle = 1;")).toThrow("hono/aws-lambda no longer has");
});
