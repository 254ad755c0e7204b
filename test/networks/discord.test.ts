import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { second } from "../../src/domain/time.ts";
import { discord } from "../../src/networks/discord.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { runs } from "../support/runs.ts";
import { aSandbox } from "../support/sandbox-requests.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

networkContract(discord);
networkContract(discord, { settings: { thread: "new" } });
networkContract(discord, { settings: { thread: "77" } });

const script = scriptedNetwork(discord);
const url = "https://blog.example.com/a-hundred-feeds/";
const image = { url: "https://blog.example.com/a.jpg", alt: "A" };
const requestOf = (snippet: Parameters<typeof aSnippet>[0], settings = {}) =>
  discord.compose(aSnippet(snippet), aConfiguredAccount({ network: "discord", settings })).request;
const social = (warning: { readonly contentWarning?: string; readonly sensitive?: boolean }) =>
  aContent({ social: { off: false, useSummary: true, texts: {}, ...warning } });

test("the secret of Discord is the address of a webhook there", () => {
  const isSecret = (address: string) => discord.credentials.safeParse({ url: address }).success;
  expect(isSecret("https://discord.com/api/webhooks/17/a-B_c")).toBe(true);
  expect(isSecret("https://canary.discord.com/api/v10/webhooks/17/a-B_c")).toBe(true);
  expect(isSecret("https://discord.com.example/api/webhooks/17/abc")).toBe(false);
  expect(isSecret("https://discord.com/api/webhooks/17/abc/slack")).toBe(false);
  expect(isSecret("http://discord.com/api/webhooks/17/abc")).toBe(false);
});

describe("a post for Discord", () => {
  test("is a text and a card with the link and the picture, which do not say the same", () => {
    expect(requestOf({ image })).toEqual({
      content: "What a hundred feeds taught us about dates.",
      embeds: [
        {
          title: "A Hundred Feeds",
          url,
          description: "Dates are the first thing that goes wrong.",
          image: { url: image.url },
        },
      ],
      allowed_mentions: { parse: [] },
    });
    expect(requestOf({ text: undefined })).toMatchObject({
      content: "Dates are the first thing that goes wrong.",
      embeds: [{ title: "A Hundred Feeds", url }],
    });
  });

  test("has the link in the text where the author put it, and no second card of it", () => {
    expect(requestOf({ text: `Read ${url} and https://other.example.com/a_b_c` })).toMatchObject({
      content: `Read <${url}> and https://other.example.com/a_b_c`,
    });
    expect(requestOf({ text: undefined }, { template: "{title}: {link}" })).toMatchObject({
      content: `A Hundred Feeds: <${url}>`,
    });
  });

  test("without a link has no card, and with a link that is too long for a card none either", () => {
    expect(requestOf({ text: undefined }, { link: "never" })).toEqual({
      content: "A Hundred Feeds\n\nDates are the first thing that goes wrong.",
      embeds: [],
      allowed_mentions: { parse: [] },
    });
    const long = `https://blog.example.com/${"a".repeat(2100)}`;
    const { length, limit } = discord.compose(aSnippet({ url: long }), aConfiguredAccount({ network: "discord" }));
    expect(length).toBeGreaterThan(limit);
  });

  test("is plain text: Discord reads no Markdown and no mention in it", () => {
    const text = "# A\n- b *c* _d_ `e` ||f|| <@17> [g](h)\n1. i";
    expect(requestOf({ text })).toMatchObject({
      content: "\\# A\n\\- b \\*c\\* \\_d\\_ \\`e\\` \\|\\|f\\|\\| \\<@17\\> \\[g\\](h)\n1\\. i",
      allowed_mentions: { parse: [] },
    });
    expect(requestOf({ title: "snake_case" })).toMatchObject({ embeds: [{ title: "snake\\_case" }] });
  });

  test("hides its text behind a warning, and shows no picture with it", () => {
    const warned = requestOf({ image, content: social({ contentWarning: "Spoilers" }) });
    expect(warned).toMatchObject({ content: "Spoilers\n\n||What a hundred feeds taught us about dates.||" });
    expect(warned).toMatchObject({ embeds: [{ title: "A Hundred Feeds", url }] });
    expect(JSON.stringify([warned, requestOf({ image, content: social({ sensitive: true }) })])).not.toContain(".jpg");
  });

  test("is shown as it was written, whatever its text", async () => {
    const sandbox = aSandbox("discord");
    const path = "/api/v10/webhooks/100000000000000001/sandbox-discord?wait=true";
    await fc.assert(
      fc.asyncProperty(snippets, async (snippet) => {
        const request = requestOf({ ...snippet, image });
        expect((await sandbox.send("POST", path, request)).status).toBe(200);
        const { text } = discord.compose(aSnippet(snippet), aConfiguredAccount({ network: "discord" }));
        expect(sandbox.timeline.all().at(-1)?.text).toBe(text);
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("a thread on Discord", () => {
  const inThread = (act: "send" | "edit" | "whoAmI", settings: { readonly thread?: string }, response: object) => {
    script.responses = [{ status: 200, body: response }];
    const connection = script.connect(settings);
    if (act === "whoAmI") return connection.whoAmI(noDeadline());
    const request = { content: "A", thread_name: "A" };
    return act === "send"
      ? connection.send(request, "k", noDeadline())
      : connection.edit?.({ id: "88/12", url: null, public: false }, request, noDeadline());
  };

  test("has the title of the post that begins it, and no more of it than fits", () => {
    expect(requestOf({}, { thread: "new" })).toMatchObject({ thread_name: "A Hundred Feeds" });
    expect(requestOf({ title: "*Dates* & <feeds>" }, { thread: "new" })).toMatchObject({
      thread_name: "*Dates* & <feeds>",
    });
    const { thread_name: name } = requestOf({ title: "words ".repeat(40) }, { thread: "new" });
    expect(name).toMatch(/^(?:words ){15,16}words…$/);
    expect(requestOf({}, { thread: "77" })).not.toHaveProperty("thread_name");
    expect(requestOf({})).not.toHaveProperty("thread_name");
  });

  test("is where the message is sent, and where it is edited, also when the account has another one by then", async () => {
    const place = "/api/v10/webhooks/100000000000000001/sandbox-discord";
    const answered = { id: "12", channel_id: "88" };
    expect(await inThread("send", { thread: "new" }, answered)).toMatchObject({ remote: { id: "88/12" } });
    expect(await inThread("send", { thread: "88" }, answered)).toMatchObject({ remote: { id: "88/12" } });
    expect(await inThread("edit", {}, answered)).toEqual({ kind: "done" });
    expect(script.requests.map((one) => one.replace(/ \/sandbox\/api\/discord\/discord/, " "))).toEqual([
      `POST ${place}?wait=true`,
      `POST ${place}?wait=true&thread_id=88`,
      `PATCH ${place}/messages/12?thread_id=88`,
    ]);
    expect(await inThread("whoAmI", { thread: "88" }, answered)).toMatchObject({
      id: "discord.com, webhook 100000000000000001, thread 88",
    });
  });

  test("is named by its number, or is a new one", () => {
    const isSetting = (thread: unknown) => discord.settings.safeParse({ thread }).success;
    expect(["new", "1100000000000000001", undefined].every(isSetting)).toBe(true);
    expect(["", "old", "1/2", 17].some(isSetting)).toBe(false);
  });

  test.each([
    ["a webhook of a forum channel needs one", {}, { content: "A" }, 220_001, "thread"],
    ["a text channel has none to begin", undefined, { content: "A", thread_name: "A" }, 220_003, undefined],
  ])("%s, says the sandbox", async (_, query, body, code, thread) => {
    const { send } = aSandbox("discord", thread === undefined ? {} : { thread: "new" });
    const address = `/api/v10/webhooks/100000000000000001/sandbox-discord?${new URLSearchParams({ wait: "true", ...query })}`;
    expect(await send("POST", address, body)).toMatchObject({ status: 400, body: { code } });
  });
});

describe("an answer of Discord", () => {
  const copy = { id: "12", url: null, public: false };
  const answer = (act: "send" | "edit" | "remove" | "whoAmI", response: ScriptedResponse) => {
    script.responses = [response];
    const connection = script.connect();
    if (act === "send") return connection.send({}, "k", noDeadline());
    if (act === "whoAmI") return connection.whoAmI(noDeadline());
    return act === "edit" ? connection.edit?.(copy, {}, noDeadline()) : connection.remove?.(copy, noDeadline());
  };

  test("names the message, for its members only; it is asked for it", async () => {
    expect(await answer("send", { status: 200, body: { id: "12" } })).toEqual({ kind: "posted", remote: copy });
    expect(script.requests).toEqual([
      "POST /sandbox/api/discord/discord/api/v10/webhooks/100000000000000001/sandbox-discord?wait=true",
    ]);
    expect(await answer("send", { status: 204 })).toMatchObject({ kind: "unanswered" });
  });

  test("that asks for a pause names it in its body, too", async () => {
    expect(await answer("send", { status: 429, body: { message: "Slow down", retry_after: 1.25 } })).toEqual({
      kind: "unavailable",
      reason: "Discord answered 429 (rate limit): Slow down",
      retryAt: start + 1250,
    });
    const headers = { "retry-after": "3" };
    expect(await answer("send", { status: 429, headers })).toMatchObject({ retryAt: start + 3 * second });
  });

  test("that refuses a field says which one", async () => {
    const errors = { embeds: { 0: { url: { _errors: [{ code: "URL", message: "Not a well formed URL." }] } } } };
    expect(await answer("send", { status: 400, body: { code: 50035, message: "Invalid Form Body", errors } })).toEqual({
      kind: "rejected",
      reason: "Discord answered 400: Invalid Form Body: embeds.0.url: Not a well formed URL.",
    });
  });

  test("that the message is gone ends an edit and a deletion; that the webhook is gone pauses the account", async () => {
    const noMessage = { status: 404, body: { code: 10008, message: "Unknown Message" } };
    expect(await answer("edit", noMessage)).toMatchObject({ kind: "missing" });
    expect(await answer("remove", noMessage)).toEqual({ kind: "done" });
    const noWebhook = { status: 404, body: { code: 10015, message: "Unknown Webhook" } };
    for (const act of ["send", "edit", "remove", "whoAmI"] as const)
      expect(await answer(act, noWebhook)).toMatchObject({ kind: "unauthorised" });
  });

  test.each([
    [40_067, "A tag is required to create a forum post in this channel"],
    [50_083, "Thread is archived"],
    [160_005, "This thread is locked"],
    [220_001, "Webhooks posted to forum channels must have a thread_name or thread_id"],
    [220_003, "Webhooks can only create threads in forum channels"],
  ])("that is about the channel (%i) is not about the post: the account waits", async (code, message) => {
    expect(await answer("send", { status: 400, body: { code, message } })).toEqual({
      kind: "unauthorised",
      reason: `Discord answered 400: ${message}`,
    });
  });

  test("says whose webhook it is; anything else is no answer", async () => {
    const webhook = { id: "100000000000000001", name: "Feeds" };
    expect(await answer("whoAmI", { status: 200, body: webhook })).toEqual({
      kind: "identity",
      id: "discord.com, webhook 100000000000000001",
      handle: "Feeds",
    });
    expect(await answer("whoAmI", { status: 503 })).toMatchObject({ kind: "unavailable" });
    expect(await answer("whoAmI", { status: 200 })).toMatchObject({ kind: "unavailable" });
  });

  test("has neither the address of the webhook nor its token in a reason", async () => {
    const said = "POST /api/webhooks/100000000000000001/sandbox-discord: sandbox-discord is wrong";
    const outcome = await answer("send", { status: 401, body: { message: said } });
    expect(outcome).toMatchObject({ kind: "unauthorised" });
    expect(JSON.stringify(outcome)).not.toContain("sandbox-discord is");
  });
});
