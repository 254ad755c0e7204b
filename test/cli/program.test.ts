import { expect, test } from "vitest";
import { aSummaryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { crier } from "../support/terminal.ts";

test("the help describes each command in a sentence that begins with a verb", async () => {
  const { out } = await crier(["--help"]);
  expect(out).toContain("record whether an unknown delivery, or the");
  const verbs = [...out.matchAll(/^ {2}[a-z]+ \S.*? {2,}(\w+) /gm)].map(([, verb]) => verb);
  expect(new Set(verbs)).toEqual(
    new Set([
      "show",
      "take",
      "write",
      "put",
      "publish",
      "open",
      "import",
      "list",
      "send",
      "record",
      "keep",
      "approve",
      "cancel",
      "remove",
      "check",
      "print",
      "display",
      "undo",
      "serve",
    ]),
  );
});

test.each([
  [["publish"], 2],
  [["frobnicate"], 2],
  [["list", "--frob"], 2],
  [["list", "more"], 2],
  [["resolve", "x"], 2],
  [["resolve", "x", "--as", "perhaps"], 2],
  [["release"], 2],
  [["hold", "x", "--all"], 2],
  [[], 2],
  [["--help"], 0],
  [["publish", "--help"], 0],
])("%j ends with %i and a text", async (args, code) => {
  const done = await crier(args);
  expect(done.code).toBe(code);
  expect(done.all).not.toBe("");
});

test("wrong usage is a line of crier, and a line with the next step", async () => {
  expect((await crier(["retry"])).err).toBe(
    "crier: missing required argument 'id'\nRun it with --help to see how it is used.\n",
  );
  expect((await crier(["accounts", "set"])).err).toMatch(/^crier: missing .*\nRun it with --help/);
});

test("a problem of the API is a line on standard error, or JSON", async () => {
  const { env } = await anApi();
  expect(await crier(["retry", "a.x.0"], { env })).toMatchObject({
    code: 1,
    out: "",
    err: "crier: There is nothing here.\n",
  });
  const asJson = await crier(["retry", "a.x.0", "--json"], { env });
  expect(asJson).toMatchObject({ code: 1, err: "" });
  expect(asJson.json()).toMatchObject({ status: 404, detail: "There is nothing here." });
});

test("text of documents and of the API cannot control the terminal", async () => {
  const api = await anApi();
  const controls = "\u001b[31mred\u009b0m\u202e";
  const problem = { type: "about:blank", title: "Conflict", status: 409, detail: `one\n${controls}` };
  api.replies.set("/api/feeds", { status: 409, body: JSON.stringify(problem) });
  expect((await crier(["feeds"], api)).err).toBe("crier: one\n [31mred 0m \n");
  const asJson = await crier(["feeds", "--json"], api);
  expect(asJson.json()).toEqual(problem);
  expect(asJson.out).toContain(String.raw`"one\n\u001b[31mred\u009b0m\u202e"`);
  api.answer(
    "remove",
    { ...aSummaryAnswer(), result: "deleted", remaining: null },
    `/api/posts/${encodeURIComponent(controls)}`,
  );
  expect((await crier(["remove", controls], api)).out).toBe("removed  [31mred 0m \n");
});
