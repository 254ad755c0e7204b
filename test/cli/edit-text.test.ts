import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aDeliveryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { crier } from "../support/terminal.ts";

const edited = {
  value: "In other\nwords",
  by: "Editor A",
  at: "2026-03-01T07:55:00.000Z",
  ifOvertaken: "ask",
  overtaken: false,
};
const waiting = aDeliveryAnswer({ state: "pending", url: null, text: edited, reason: "its text was edited by hand" });
const measured = { length: 40, limit: 280, over: 0, posts: 1, above: "", below: "", card: false } as const;
const shown = {
  ...measured,
  slug: "hello",
  account: "x",
  network: "x",
  value: "In other\nwords",
  document: "Hello",
  below: "https://blog.example.com/hello/\n\n#writing",
  card: true,
  shown: null,
  problem: null,
  delivery: waiting,
} as const;

test("shows the text for one account, and what Crier adds", async () => {
  const api = await anApi();
  api.answer("text", shown, "/api/deliveries/text?post=hello&account=x");
  expect(await crier(["text", "hello", "--account", "x"], api)).toMatchObject({
    code: 0,
    out: [
      "The text of hello on x, edited here by Editor A 2026-03-01 07:55 UTC:",
      "  | In other",
      "  | words",
      "40 of 280 characters",
      "Crier adds: https://blog.example.com/hello/ #writing",
      "Crier adds: a preview of the link",
      "The document gives it:",
      "  | Hello",
      "",
    ].join("\n"),
  });
  const cut = {
    ...shown,
    length: 300,
    over: 20,
    posts: 2,
    card: false,
    below: "",
    problem: "it is out",
    delivery: null,
  };
  api.answer("text", cut, "/api/deliveries/text?delivery=3f2.x.0");
  expect((await crier(["text", "3f2.x.0"], api)).out).toBe(
    [
      "The text of hello on x:",
      "  | In other",
      "  | words",
      "300 of 280 characters, in 2 posts, 20 too many",
      "It cannot be edited: it is out",
      "",
    ].join("\n"),
  );
});

test("sets a text, or one of a file, and gives it up", async () => {
  const api = await anApi();
  api.answer("editText", { ...waiting, already: false }, "/api/deliveries/text");
  const done = { code: 0, out: expect.stringMatching(/\nhello {2}x +pending {2}its text was edited by hand\n$/) };
  expect(await crier(["text", "hello", "--account", "x", "--set", "In other words", "--keep-mine"], api)).toMatchObject(
    done,
  );
  const folder = await mkdtemp(join(temporaryFolder, "crier-"));
  await writeFile(join(folder, "text.txt"), "In other words");
  expect(await crier(["text", "hello", "--account", "x", "--file", join(folder, "text.txt")], api)).toMatchObject(done);
  expect(api.bodies.map((body) => JSON.parse(body))).toEqual([
    { post: "hello", account: "x", text: "In other words", ifOvertaken: "mine" },
    { post: "hello", account: "x", text: "In other words", ifOvertaken: "ask" },
  ]);
  expect(await crier(["text", "hello", "--account", "x", "--file", join(folder, "none.txt")], api)).toMatchObject({
    code: 1,
    err: expect.stringContaining("cannot read"),
  });
  const given = { ...waiting, text: null, reason: "it has the text of its document again, by hand" };
  api.answer("documentText", { ...given, already: true }, "/api/deliveries/text/document");
  expect((await crier(["text", "hello", "--account", "x", "--document"], api)).out).toContain("it was so before");
});

test("counts a text, and saves nothing", async () => {
  const api = await anApi();
  api.answer("measureText", { ...measured, length: 292, over: 12 }, "/api/deliveries/text/length");
  expect(await crier(["text", "hello", "--account", "x", "--set", "Long", "--check"], api)).toMatchObject({
    code: 1,
    out: "292 of 280 characters, 12 too many\n",
  });
  api.answer("measureText", { ...measured, length: 30 }, "/api/deliveries/text/length");
  expect(await crier(["text", "hello", "--account", "x", "--set", "Short", "--check"], api)).toMatchObject({ code: 0 });
});

test("is used with one text", async () => {
  expect(await crier(["text", "hello", "--set", "x", "--document"])).toMatchObject({
    code: 2,
    err: "crier: text takes one of --set, --file and --document\n",
  });
  expect(await crier(["text", "hello", "--keep-mine"])).toMatchObject({
    code: 2,
    err: "crier: --keep-mine and --check go with a new text: --set or --file\n",
  });
});

test("the status shows the text, and both ways where its document says something else", async () => {
  const api = await anApi();
  const held = aDeliveryAnswer({
    id: "3f2.x.0",
    state: "held",
    hold: "text",
    url: null,
    reason: "its text was edited, and its document says something else now",
    text: { ...edited, overtaken: true },
  });
  api.answer("retry", { ...held, already: false }, "/api/deliveries/3f2.x.0/retry");
  expect((await crier(["retry", "3f2.x.0"], api)).out).toBe(
    [
      "  ACCOUNT  STATE  DETAILS",
      "  x        held   its text was edited, and its document says something else now",
      "    to send the edited text:  npx crier release 3f2.x.0",
      "    to send the document's:   npx crier text 3f2.x.0 --document",
      "    to cancel it for good:    npx crier dismiss 3f2.x.0",
      "    its text was edited here by Editor A 2026-03-01 07:55 UTC (its document says something else since):",
      "      | In other",
      "      | words",
      "",
    ].join("\n"),
  );
});
