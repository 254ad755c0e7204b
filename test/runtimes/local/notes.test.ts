import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AMachine, aMachine, eventually } from "../../support/machine.ts";

const now = () => new Date(Date.now() - 60_000).toISOString();
const note = (body: string, more = "") => `---\ndate: ${now()}\n${more}---\n${body}\n`;

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => machine.stop());

const textsOf = async (part: string) =>
  (await machine.sandbox()).filter(({ text, deletedAt }) => text.includes(part) && deletedAt === null);

describe("a note in the folder", () => {
  test("is posted as it is written, once on each account, and has no title in the feed", async () => {
    await machine.write("harbour.md", note("At the [harbour](https://h.example/a).\n\nSecond paragraph."));
    const text = "At the harbour (https://h.example/a).\n\nSecond paragraph.";
    const linked = "At the harbour.\n\nSecond paragraph.";
    await eventually(async () =>
      Object.fromEntries((await textsOf("Second paragraph")).map((post) => [post.account, post.text])),
    ).toEqual({ bluesky: linked, mastodon: text, x: text });
    const { items } = (await (await machine.get("feed.json")).json()) as { items: { title?: string; url: string }[] };
    expect(items.find(({ url }) => url.includes("harbour"))?.title).toBeUndefined();
    expect(machine.printed.join("\n")).toContain("created harbour");
    expect(await machine.app.status("harbour")).toMatchObject({
      title: undefined,
      label: "At the harbour. Second paragraph.",
      whyNote: "it has no title, and its text is short",
    });
  });

  test("that answers another page is in the feed and on no network, and its status says why", async () => {
    await machine.write("answer.md", note("I agree with that.", "in_reply_to: https://a.example/1\n"));
    await eventually(async () => (await machine.get("feed.json")).text()).toContain("I agree with that.");
    await eventually(async () => (await machine.app.status("answer"))?.reason).toBe("it answers https://a.example/1");
    expect(await textsOf("I agree")).toEqual([]);
  });

  test("becomes an article when it gets a title, and a note again: its copies are edited and none is made", async () => {
    await machine.write("turn.md", note("It turns round."));
    await eventually(async () => (await textsOf("It turns round.")).length).toBe(3);
    const copies = (await textsOf("It turns round.")).filter(({ account }) => account !== "x");
    const textsNow = async () => {
      const posts = await machine.sandbox();
      return copies.map((copy) => posts.find(({ account, id }) => account === copy.account && id === copy.id)?.text);
    };
    await machine.write("turn.md", note("It turns round.", "title: A turn\n"));
    await eventually(async () => (await textsNow()).every((text) => text?.startsWith("A turn"))).toBe(true);
    await machine.write("turn.md", note("It turns round."));
    await eventually(textsNow).toEqual(["It turns round.", "It turns round."]);
    expect((await machine.sandbox()).filter(({ text }) => /turns round|A turn/.test(text))).toHaveLength(3);
  });
});
