import { describe, expect, test } from "vitest";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { anAccount, start } from "../support/builders.ts";

const section = (...elements: readonly object[]) => [
  { type: "rich_text", elements: [{ type: "rich_text_section", elements }] },
];
const blocks = section({ type: "text", text: "a" });
const timeline = timelineInMemory();
const app = sandboxApp({
  timeline,
  accounts: [anAccount({ name: "slack", network: "slack" })],
  clock: () => start,
});

const post = async (message: unknown, token = "sandbox-slack") => {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(message) };
  const response = await app.request(`/sandbox/api/slack/slack/services/T0/B0/${token}`, init);
  return `${response.status} ${await response.text()}`;
};

describe("the emulator of Slack", () => {
  test("answers in a word", async () => {
    expect(await post({ text: "a", blocks })).toBe("200 ok");
    expect(await post({ text: "a", blocks }, "another")).toBe("403 invalid_token");
    expect(await post([])).toBe("400 invalid_payload");
    expect(await post({ text: "a", unfurl_link: true })).toBe("400 invalid_payload");
  });

  test("shows the text of blocks, or the text alone where there are none", async () => {
    await post({ text: "a &lt; b" });
    await post({ blocks: [{ type: "header", text: { type: "plain_text", text: "c" } }, ...blocks] });
    expect(timeline.all().slice(-2)).toMatchObject([{ text: "a < b" }, { text: "ca" }]);
  });

  test.each([
    ["400 no_text", {}],
    ["400 no_text", { text: "" }],
    ["400 invalid_blocks", { text: "a", blocks: [{ type: "section" }] }],
    ["400 invalid_blocks", { text: "a", blocks: section({ type: "text", text: "" }) }],
    ["400 invalid_blocks", { text: "a", blocks: section({ type: "link", url: "javascript:a" }) }],
    ["400 invalid_blocks", { text: "a", blocks: [{ type: "image", image_url: "https://a.example/a.png" }] }],
    ["400 msg_too_long", { text: "a", blocks: section({ type: "text", text: "a".repeat(3001) }) }],
    ["400 mention_in_text", { text: "<!channel> a", blocks }],
  ])("refuses with %s: %j", async (answer, message) => {
    expect(await post(message)).toBe(answer);
  });
});
