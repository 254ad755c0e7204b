import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { second } from "../../src/domain/time.ts";
import { telegram } from "../../src/networks/telegram.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { runs } from "../support/runs.ts";
import { aSandbox } from "../support/sandbox-requests.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

networkContract(telegram);
networkContract(telegram, { settings: { thread: 17 } });

const script = scriptedNetwork(telegram);
const url = "https://blog.example.com/a-hundred-feeds/";
const requestOf = (snippet: Parameters<typeof aSnippet>[0], settings = {}) =>
  telegram.compose(aSnippet(snippet), aConfiguredAccount({ network: "telegram", settings })).request;
const social = (warning: { readonly contentWarning?: string; readonly sensitive?: boolean }) =>
  aContent({ social: { off: false, useSummary: true, texts: {}, ...warning } });

test("the secret of Telegram is a bot's token, and the chat that it writes to", () => {
  const isSecret = (token: string, chat: string) => telegram.credentials.safeParse({ token, chat }).success;
  expect(isSecret("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "@my_channel")).toBe(true);
  expect(isSecret("1:a", "-1001234567890")).toBe(true);
  expect(isSecret("AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "@my_channel")).toBe(false);
  expect(isSecret("1:a", "my channel")).toBe(false);
});

describe("a post for Telegram", () => {
  test("has the title in bold, link and hashtags, and the preview of its page", () => {
    expect(requestOf({ text: undefined })).toEqual({
      text: `A Hundred Feeds\n\nDates are the first thing that goes wrong.\n\n${url}\n\n#Feeds #OpenWeb`,
      entities: [{ type: "bold", offset: 0, length: 15 }],
      link_preview_options: { url },
    });
    expect(requestOf({ tags: [] })).toMatchObject({ entities: [] });
    expect(requestOf({}, { hashtags: 1 }).text).toMatch(/#Feeds$/);
    expect(requestOf({}, { link: "never" })).toMatchObject({ link_preview_options: { is_disabled: true } });
  });

  test("counts UTF-16 units, and marks no name in a title as a mention", () => {
    expect(telegram.length("a👩‍👩‍👧‍👦")).toBe(12);
    expect(requestOf({ text: undefined, title: "Bump @dependabot" }).text).toMatch(/^Bump @\u200Bdependabot\n/);
  });

  test("has the preview of its picture where the account says so, and of the page where it has none", () => {
    const preview = (image?: { url: string }, content = aContent()) =>
      requestOf({ image, content }, { image: true }).link_preview_options;
    const image = { url: "https://blog.example.com/press.jpg" };
    expect(preview(image)).toEqual({ url: image.url, prefer_large_media: true, show_above_text: true });
    expect(preview()).toEqual({ url });
    expect(preview(image, social({ sensitive: true }))).toEqual({ is_disabled: true });
  });

  test("hides its text behind a warning, and shows no preview of it", () => {
    const text = "What a hundred feeds taught us about dates.";
    const hidden = { content: social({ contentWarning: "Spoilers" }), tags: [] };
    expect(requestOf(hidden)).toEqual({
      text: `Spoilers\n\n${text}\n\n${url}`,
      entities: [{ type: "spoiler", offset: 10, length: text.length + 2 + url.length }],
      link_preview_options: { is_disabled: true },
    });
    expect(requestOf({ content: social({ sensitive: true }) })).toMatchObject({
      link_preview_options: { is_disabled: true },
    });
  });

  test("is a request that Telegram takes, whatever its text", async () => {
    const { send } = aSandbox("telegram");
    await fc.assert(
      fc.asyncProperty(
        snippets,
        fc.constantFrom({}, { contentWarning: "A warning. ".repeat(30) }),
        async (snippet, warning) => {
          const request = requestOf({ ...snippet, content: social(warning) });
          const { status } = await send("POST", "/bot1:sandbox-telegram/sendMessage", {
            chat_id: "@sandbox",
            ...request,
          });
          expect(status).toBe(200);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

test("an account's topic is a number; that of General is none", () => {
  const problems = (thread: unknown) =>
    telegram.settings.safeParse({ thread }).error?.issues.map(({ message }) => message);
  expect(problems(17)).toBeUndefined();
  expect(problems(undefined)).toBeUndefined();
  expect(problems(1)).toEqual(['the topic "General" has no number here: leave "thread" out']);
  expect(problems("17")).toHaveLength(1);
});

test("a login to one topic is another one than to its group", async () => {
  const idOf = async (settings: object) => {
    script.responses = [{ status: 200, body: { ok: true, result: { id: 1, username: "a_bot" } } }];
    return script.connect({ ...settings }).whoAmI(noDeadline());
  };
  expect(await idOf({ thread: 17 })).toMatchObject({ id: "telegram.org, bot 1, chat @sandbox, topic 17" });
  expect(await idOf({})).toMatchObject({ id: "telegram.org, bot 1, chat @sandbox" });
});

describe("an answer of Telegram", () => {
  const copy = { id: "-100/12", url: null, public: false };
  const answer = (act: "send" | "edit" | "remove" | "whoAmI", response: ScriptedResponse, id = copy.id) => {
    script.responses = [response];
    const connection = script.connect();
    if (act === "send") return connection.send({}, "k", noDeadline());
    if (act === "whoAmI") return connection.whoAmI(noDeadline());
    const remote = { ...copy, id };
    return act === "edit" ? connection.edit?.(remote, {}, noDeadline()) : connection.remove?.(remote, noDeadline());
  };
  const made = (chat: object, more = {}) => ({
    status: 200,
    body: { ok: true, result: { message_id: 12, chat, ...more } },
  });
  const refused = (status: number, description: string, parameters = {}) => ({
    status,
    body: { ok: false, error_code: status, description, parameters },
  });

  test("names the message, whose address is public in a public channel", async () => {
    expect(await answer("send", made({ id: -100, type: "channel", username: "feeds" }))).toEqual({
      kind: "posted",
      remote: { id: "-100/12", url: "https://t.me/feeds/12", public: true },
    });
    expect(await answer("send", made({ id: -100, type: "channel" }))).toEqual({ kind: "posted", remote: copy });
    const inTopic = { message_thread_id: 17, is_topic_message: true };
    expect(await answer("send", made({ id: -100, type: "supergroup", username: "feeds" }, inTopic))).toMatchObject({
      remote: { id: "-100/12", url: "https://t.me/feeds/17/12" },
    });
    const person = { id: 7, type: "private", username: "ada" };
    expect(await answer("send", made(person))).toMatchObject({ remote: { url: null, public: false } });
  });

  test("that asks for a pause names it in its body", async () => {
    expect(await answer("send", refused(429, "Too Many Requests: retry after 7", { retry_after: 7 }))).toEqual({
      kind: "unavailable",
      reason: "Telegram answered 429 (rate limit): Too Many Requests: retry after 7",
      retryAt: start + 7 * second,
    });
  });

  test("that nothing was changed is an edit that is done", async () => {
    expect(await answer("edit", refused(400, "Bad Request: message is not modified: …"))).toEqual({ kind: "done" });
  });

  test("that the message is gone ends an edit and a deletion", async () => {
    expect(await answer("edit", refused(400, "Bad Request: message to edit not found"))).toMatchObject({
      kind: "missing",
    });
    expect(await answer("remove", refused(400, "Bad Request: message to delete not found"))).toEqual({ kind: "done" });
    expect(await answer("remove", refused(400, "Bad Request: message can't be deleted"))).toMatchObject({
      kind: "rejected",
    });
    expect(await answer("remove", refused(500, ""), "12")).toMatchObject({ kind: "rejected" });
  });

  test.each([
    [401, "Unauthorized"],
    [403, "Forbidden: bot is not a member of the channel chat"],
    [404, "Not Found"],
    [400, "Bad Request: chat not found"],
    [400, "Bad Request: need administrator rights in the channel chat"],
    [400, "Bad Request: TOPIC_CLOSED"],
    [400, "Bad Request: TOPIC_DELETED"],
    [400, "Bad Request: message thread not found"],
  ])("that says %i %s is not about the post: the account waits", async (status, description) => {
    expect(await answer("send", refused(status, description))).toMatchObject({ kind: "unauthorised" });
  });

  test("that the group has become a supergroup names the number that it has now", async () => {
    const upgraded = "Bad Request: group chat was upgraded to a supergroup chat";
    expect(await answer("send", refused(400, upgraded, { migrate_to_chat_id: -1001234567890 }))).toEqual({
      kind: "unauthorised",
      reason: `Telegram answered 400: ${upgraded}. The number of the chat is -1001234567890 now`,
    });
  });

  test("says which bot it is; anything else is no answer", async () => {
    expect(await answer("whoAmI", { status: 200, body: { ok: true, result: { id: 1, username: "a_bot" } } })).toEqual({
      kind: "identity",
      id: "telegram.org, bot 1, chat @sandbox",
      handle: "@a_bot",
    });
    expect(await answer("whoAmI", refused(401, "Unauthorized"))).toMatchObject({ kind: "unauthorised" });
    expect(await answer("whoAmI", { status: 200, body: {} })).toMatchObject({ kind: "unavailable" });
  });

  test("has no token in a reason", async () => {
    const outcome = await answer("send", refused(400, "POST /bot1:sandbox-telegram/sendMessage"));
    expect(JSON.stringify(outcome)).not.toContain("sandbox-telegram");
  });
});
