import { describe, expect, test } from "vitest";
import { aSandbox } from "../support/sandbox-requests.ts";

const webhook = "/api/v10/webhooks/100000000000000001/sandbox-discord";
const embed = { title: "A", url: "https://blog.example.com/a/" };

describe("the emulator of Discord", () => {
  test("knows its webhook by the token", async () => {
    expect(await aSandbox("discord").send("POST", "/api/v10/webhooks/1/another", { content: "a" })).toMatchObject({
      status: 401,
      body: { code: 50027 },
    });
  });

  test("names a message only to who waits for it", async () => {
    const { send } = aSandbox("discord");
    expect(await send("POST", webhook, { content: "a" })).toMatchObject({ status: 204 });
    expect(await send("POST", `${webhook}?wait=true`, { content: "a" })).toMatchObject({
      status: 200,
      body: { id: expect.stringMatching(/^\d+$/) },
    });
  });

  test.each([
    [{ content: "a".repeat(2001) }, { content: { _errors: [{ message: "Must be 2000 or fewer in length." }] } }],
    [{ embeds: [{ ...embed, title: "a".repeat(257) }] }, { embeds: { 0: { title: { _errors: [{}] } } } }],
    [{ embeds: [{ ...embed, url: "javascript:a" }] }, { embeds: { 0: { url: { _errors: [{}] } } } }],
    [{ embeds: Array(11).fill(embed) }, { embeds: { _errors: [{}] } }],
    [{ content: "a", tags: [] }, { tags: { _errors: [{}] } }],
  ])("refuses a message that Discord would refuse or not read: %j", async (body, errors) => {
    expect(await aSandbox("discord").send("POST", webhook, body)).toMatchObject({
      status: 400,
      body: { code: 50035, errors },
    });
  });

  test.each([[{}], [{ content: " " }], [{ content: "", embeds: [{ url: embed.url }] }]])(
    "refuses an empty message: %j",
    async (body) => {
      expect(await aSandbox("discord").send("POST", webhook, body)).toMatchObject({
        status: 400,
        body: { code: 50006 },
      });
    },
  );

  test("shows the text without Markdown's signs, and the card beside it", async () => {
    const { send, timeline } = aSandbox("discord");
    await send("POST", webhook, { content: "a\\_b <https://a.example/>", embeds: [{ ...embed, title: "\\#1" }] });
    expect(timeline.all()).toMatchObject([
      { text: "a_b https://a.example/", card: { url: embed.url, title: "#1", description: "" } },
    ]);
  });
});
