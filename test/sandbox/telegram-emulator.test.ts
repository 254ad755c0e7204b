import { describe, expect, test } from "vitest";
import { aSandbox } from "../support/sandbox-requests.ts";

const bot = "/bot1:sandbox-telegram";
const message = { chat_id: "@sandbox", text: "a👍b" };
const refusal = (said: string) => ({ status: 400, body: { ok: false, description: expect.stringContaining(said) } });

describe("the emulator of Telegram", () => {
  test("knows its bot by the token, and its channel by name and number", async () => {
    const { send } = aSandbox("telegram");
    expect(await send("GET", "/bot1:another/getMe")).toMatchObject({ status: 401, body: { ok: false } });
    expect(await send("GET", `${bot}/getMe`)).toMatchObject({ status: 200, body: { ok: true } });
    const sendTo = (chat_id: unknown) => send("POST", `${bot}/sendMessage`, { ...message, chat_id });
    expect(await sendTo("@sandbox")).toMatchObject({ status: 200 });
    expect(await sendTo(-1001000000001)).toMatchObject({ status: 200 });
    expect(await sendTo("@another")).toMatchObject(refusal("chat not found"));
  });

  test.each([
    ["is empty", { ...message, text: " " }],
    ["too long", { ...message, text: "👍".repeat(2049) }],
    ["can't parse entities", { ...message, entities: [{ type: "bold", offset: 0, length: 5 }] }],
    ["can't parse entities", { ...message, entities: [{ type: "bold", offset: 0, length: 2 }] }],
    ["not valid", { ...message, parse_mod: "HTML" }],
    ["not valid", { ...message, entities: [{ type: "loud", offset: 0, length: 1 }] }],
    ["not valid", { ...message, link_preview_options: { large: true } }],
  ])("refuses a message that %s", async (said, body) => {
    expect(await aSandbox("telegram").send("POST", `${bot}/sendMessage`, body)).toMatchObject(refusal(said));
  });

  test("edits to another text only, and deletes once", async () => {
    const { send, timeline } = aSandbox("telegram");
    await send("POST", `${bot}/sendMessage`, message);
    const message_id = Number(timeline.all()[0]?.id.split("/")[1]);
    const edit = (text: string) => send("POST", `${bot}/editMessageText`, { ...message, message_id, text });
    expect(await edit(message.text)).toMatchObject(refusal("not modified"));
    expect(await edit("c")).toMatchObject({ status: 200 });
    expect(timeline.all()).toMatchObject([{ text: "c", url: `https://t.me/sandbox/${message_id}` }]);
    const remove = () => send("POST", `${bot}/deleteMessage`, { chat_id: message.chat_id, message_id });
    expect(await remove()).toMatchObject({ status: 200 });
    expect(await remove()).toMatchObject(refusal("not found"));
    expect(await edit("d")).toMatchObject(refusal("not found"));
  });
});
