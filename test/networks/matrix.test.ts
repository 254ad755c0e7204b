import { describe, expect, test } from "vitest";
import { noteText } from "../../src/domain/note-text.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { matrix } from "../../src/networks/matrix.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet } from "../support/snippets.ts";

networkContract(matrix);

const script = scriptedNetwork(matrix);
const url = "https://blog.example.com/a-hundred-feeds/";
const place = { server: "https://matrix.example.org", room: "!sandbox:matrix.example" };
const account = aConfiguredAccount({ name: "matrix", network: "matrix", settings: place });
const requestOf = (snippet: Parameters<typeof aSnippet>[0], settings = {}) =>
  matrix.compose(aSnippet(snippet), { ...account, settings: { ...account.settings, ...settings } }).request;

test("an account of Matrix names a homeserver and the id of a room", () => {
  const isSetting = (room: unknown, server: unknown = place.server) =>
    matrix.settings.safeParse({ server, room }).success;
  expect(
    ["!abc:example.org", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM", "!a:example.org:8448"].every((room) =>
      isSetting(room),
    ),
  ).toBe(true);
  expect(["#alias:example.org", "abc", "!a b:c", "", undefined].some((room) => isSetting(room))).toBe(false);
  expect(isSetting(place.room, "http://matrix.example.org")).toBe(false);
});

describe("a message on Matrix", () => {
  test("has the title in bold, link and hashtags, and notifies nobody", () => {
    const body = `A & B <3\n\nDates are the first thing that goes wrong.\n\n${url}\n\n#Feeds #OpenWeb`;
    expect(requestOf({ text: undefined, title: "A & B <3" })).toEqual({
      msgtype: "m.text",
      body,
      format: "org.matrix.custom.html",
      formatted_body: `<strong>A &amp; B &lt;3</strong><br><br>${body.slice(10).replaceAll("\n", "<br>").replace(url, `<a href="${url}">${url}</a>`)}`,
      "m.mentions": {},
    });
    expect(requestOf({ text: "Mine.", tags: [] })).toEqual({
      msgtype: "m.text",
      body: `Mine.\n\n${url}`,
      "m.mentions": {},
    });
  });

  test("of a note has its links at their words in HTML, and the addresses in the text beside it", () => {
    const html = '<p>See <a href="https://h.example/?a=1&amp;b"><em>the</em> harbour</a>,<br>now.</p>';
    const share = noteText(html, "en");
    const content = aContent({
      isNote: true,
      html,
      summary: share,
      social: { off: false, useSummary: false, texts: {}, share },
    });
    expect(matrix.compose(snippetFor(content, account, start), account).request).toMatchObject({
      body: "See the harbour (https://h.example/?a=1&b),\nnow.",
      formatted_body: 'See <a href="https://h.example/?a=1&amp;b"><em>the</em> harbour</a>,<br>now.',
    });
  });

  test("counts bytes, and is no larger than an event may be, whatever it is written in", () => {
    expect(matrix.length("aé😀")).toBe(7);
    for (const sign of ["&", '"', "\\", "é", "😀", "\u0001"]) {
      const { request, length, limit } = matrix.compose(aSnippet({ text: `${sign.repeat(40)} `.repeat(400) }), account);
      expect(length).toBeLessThanOrEqual(limit);
      expect(JSON.stringify(request).length).toBeLessThan(60_000);
    }
  });
});

describe("an answer of Matrix", () => {
  const copy = { id: `${place.room} $1`, url: null, public: false };
  const connection = (...responses: readonly ScriptedResponse[]) => {
    script.responses = responses;
    return script.connect(place);
  };
  const problem = (status: number, errcode: string, more = {}) => ({
    status,
    body: { errcode, error: "Said.", ...more },
  });
  const notEncrypted = problem(404, "M_NOT_FOUND");
  const who = { status: 200, body: { user_id: "@bot:example.org" } };

  test("says whose login it is, in which room", async () => {
    expect(await connection(notEncrypted, who).whoAmI(noDeadline())).toEqual({
      kind: "identity",
      id: "@bot:example.org in !sandbox:matrix.example",
      handle: "@bot:example.org",
    });
    expect(await connection(notEncrypted, problem(401, "M_UNKNOWN_TOKEN")).whoAmI(noDeadline())).toMatchObject({
      kind: "unauthorised",
    });
  });

  test("that the room is encrypted, or that the bot is not in it, pauses the account before anything is sent", async () => {
    const encrypted = { status: 200, body: { algorithm: "m.megolm.v1.aes-sha2" } };
    expect(await connection(encrypted).whoAmI(noDeadline())).toEqual({
      kind: "unauthorised",
      reason:
        "the room !sandbox:matrix.example is encrypted, and Crier cannot write there: name a room without encryption",
    });
    expect(await connection(problem(403, "M_FORBIDDEN")).whoAmI(noDeadline())).toEqual({
      kind: "unauthorised",
      reason: "the bot is not in the room !sandbox:matrix.example: invite it, and accept as the bot",
    });
  });

  test("that asks for a pause names it in its body", async () => {
    const outcome = await connection(problem(429, "M_LIMIT_EXCEEDED", { retry_after_ms: 2500 })).send(
      {},
      "k",
      noDeadline(),
    );
    expect(outcome).toMatchObject({ kind: "unavailable", retryAt: start + 2500 });
  });

  test.each([
    [403, "M_FORBIDDEN", "unauthorised"],
    [404, "M_UNRECOGNIZED", "unauthorised"],
    [413, "M_TOO_LARGE", "rejected"],
    [400, "M_BAD_JSON", "rejected"],
  ])("to a message: %i %s is %s", async (status, errcode, kind) => {
    expect(await connection(problem(status, errcode)).send({}, "k", noDeadline())).toEqual({
      kind,
      reason: `Matrix answered ${status}: ${errcode}: Said.`,
    });
  });

  test("an edit of a message that is deleted changes nothing, and names it as missing", async () => {
    const event = (content: object) => ({
      status: 200,
      body: { event_id: "$1", type: "m.room.message", sender: "@bot:example.org", origin_server_ts: start, content },
    });
    const request = { msgtype: "m.text", body: "New", formatted_body: "<b>New</b>" };
    expect(await connection(event({})).edit?.(copy, request, noDeadline())).toMatchObject({ kind: "missing" });
    expect(await connection(notEncrypted).edit?.(copy, request, noDeadline())).toMatchObject({ kind: "missing" });
    expect(script.requests).toHaveLength(1 + 1);
    expect(await connection({ status: 500 }).edit?.(copy, request, noDeadline())).toMatchObject({ kind: "unanswered" });
    const done = { status: 200, body: { event_id: "$2" } };
    expect(await connection(event({ body: "Old" }), done).edit?.(copy, request, noDeadline())).toEqual({
      kind: "done",
    });
  });

  test("has the messages of the bot that name the post, back to the send, page by page, the oldest first", async () => {
    const message = (id: string, at: number, body: string, more = {}) => ({
      event_id: id,
      type: "m.room.message",
      sender: "@bot:example.org",
      origin_server_ts: at,
      content: { msgtype: "m.text", body, ...more },
    });
    const request = { msgtype: "m.text", body: `Mine ${url}` };
    const sought = { request, key: "k", url, since: start };
    const edit = { "m.relates_to": { rel_type: "m.replace", event_id: "$3" } };
    const newest = [
      message("$5", start + 5, `* Other ${url}`, edit),
      { ...message("$4", start + 4, `Mine ${url}`), sender: "@ada:example.org" },
      message("$3", start + 3, `Other ${url}`),
      { ...message("$0", start, ""), content: {} },
    ];
    const older = [message("$2", start + 2, `Mine ${url}`), message("$1", start - 1, `Mine ${url}`)];
    const found = await connection(
      who,
      { status: 200, body: { chunk: newest, end: "next" } },
      { status: 200, body: { chunk: older, end: "more" } },
    ).find?.(sought, noDeadline());
    expect(found).toEqual([
      { remote: { ...copy, id: `${place.room} $2` }, madeAt: start + 2, isSame: true, request },
      { remote: { ...copy, id: `${place.room} $3` }, madeAt: start + 3, isSame: false },
    ]);
    expect(script.requests.at(-1)).toContain("from=next");
  });

  test("that does not list the room is none, or says that the login may not read", async () => {
    const sought = { request: {}, key: "k", url, since: start };
    const find = (...responses: readonly ScriptedResponse[]) => connection(...responses).find?.(sought, noDeadline());
    expect(await find(who, { status: 500 })).toBeUndefined();
    // A proxy answers with a page of its own.
    expect(await find(who, { status: 200, text: "<p>Hello</p>" })).toBeUndefined();
    expect(await find(problem(401, "M_UNKNOWN_TOKEN"))).toBeUndefined();
    expect(await find(who, problem(403, "M_FORBIDDEN"))).toBe("unreadable");
  });
});
