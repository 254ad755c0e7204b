import { describe, expect, test } from "vitest";
import { hour, minute, second } from "../../src/domain/time.ts";
import { threads } from "../../src/networks/threads.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet, type SnippetFields } from "../support/snippets.ts";

networkContract(threads, { preparesPosts: true, pauseStatus: 400 });

const script = scriptedNetwork(threads);
const url = "https://blog.example.com/a-hundred-feeds/";
const account = aConfiguredAccount({ name: "threads", network: "threads" });
const composed = (snippet: SnippetFields, settings = {}) =>
  threads.compose(aSnippet(snippet), { ...account, settings: { ...account.settings, ...settings } });
const requestOf = (...given: Parameters<typeof composed>) => composed(...given).request;

describe("a post on Threads", () => {
  test("has the title, the link and one topic, and a preview of the page", () => {
    expect(requestOf({ text: undefined, title: "A & B" })).toEqual({
      media_type: "TEXT",
      text: `A & B\n\nDates are the first thing that goes wrong.\n\n${url}\n\n#Feeds`,
      link_attachment: url,
    });
    expect(requestOf({ text: "Mine.", tags: ["Feeds"] }, { hashtags: 0, link: "never" })).toEqual({
      media_type: "TEXT",
      text: "Mine.",
    });
    expect(threads.settings.safeParse({ hashtags: 2 }).success).toBe(false);
  });

  test("counts characters, and an emoji as its bytes", () => {
    expect(threads.length("aé日")).toBe(3);
    expect(threads.length("a🎉b")).toBe(6);
    expect(threads.length("👨‍👩‍👧🇦🇹1️⃣")).toBe(18 + 8 + 7);
  });

  test("has five links at most: a text with more is cut before one of them", () => {
    const links = (count: number) => Array.from({ length: count }, (_, at) => `https://${at}.example/`).join(" ");
    const whole = composed({ text: `See ${links(4)}`, tags: [] });
    expect(whole).toMatchObject({ isCut: false, text: `See ${links(4)}\n\n${url}` });
    const cut = composed({ text: `See ${links(5)}`, tags: [] });
    expect(cut).toMatchObject({ isCut: true, text: expect.stringContaining("https://3.example…") });
    expect(cut.text).not.toContain("4.example");
    expect(cut.length).toBeLessThan(200);
  });

  test("shows its picture instead of the preview, where the account says so, with its alternative text", () => {
    const images = [
      { url: "https://blog.example.com/1.jpg", alt: "A harbour" },
      { url: "https://blog.example.com/2.jpg" },
    ];
    expect(requestOf({ text: "Mine.", tags: [], images }, { image: true })).toEqual({
      media_type: "IMAGE",
      text: `Mine.\n\n${url}`,
      image_url: "https://blog.example.com/1.jpg",
      alt_text: "A harbour",
    });
    const social = { off: false, useSummary: false, texts: {}, contentWarning: "Spoilers", sensitive: true };
    const hidden = requestOf({ text: "Mine.", tags: [], images, content: aContent({ social }) }, { image: true });
    expect(hidden).toEqual({ media_type: "TEXT", text: `CW: Spoilers\n\nMine.\n\n${url}` });
  });
});

describe("an answer of Threads", () => {
  const connection = (...responses: readonly ScriptedResponse[]) => {
    script.responses = responses;
    return script.connect({});
  };
  const ok = (body: object): ScriptedResponse => ({ status: 200, body });
  const problem = (code: number, more: object = {}, status = 400): ScriptedResponse => ({
    status,
    body: { error: { message: "Said.", type: "OAuthException", code, ...more } },
  });
  const notKnownYet = problem(24, { error_subcode: 4279009 });
  const request = { media_type: "TEXT", text: "Mine." };
  const withPicture = {
    media_type: "IMAGE",
    text: "Mine.",
    image_url: "https://blog.example.com/1.jpg",
    alt_text: "A",
  };
  const progress = (age = 0) => ({ container: "17", madeAt: start - age });
  const paths = () => script.requests.map((line) => line.replace(/\?.*/, "").replace(/https:\/\/[^/]*/, ""));

  test("with a container is not public; its publication is, and names its address", async () => {
    const made = connection(
      ok({ id: "17" }),
      ok({ id: "18" }),
      ok({ id: "18", permalink: "https://www.threads.com/p/18", timestamp: "2026-12-01T00:00:00+0000" }),
    );
    const first = await made.send(request, "k", noDeadline());
    expect(first).toEqual({ kind: "progressed", progress: progress() });
    expect(await made.send(request, "k", noDeadline(), progress())).toEqual({
      kind: "posted",
      remote: { id: "18", url: "https://www.threads.com/p/18", public: true },
    });
  });

  test("that does not name the address of a post leaves it posted", async () => {
    const made = connection(ok({ id: "18" }), problem(2, {}, 500));
    expect(await made.send(request, "k", noDeadline(), progress())).toEqual({
      kind: "posted",
      remote: { id: "18", url: null, public: true },
    });
  });

  test.each([
    [190, "unauthorised"],
    [10, "unauthorised"],
    [200, "unauthorised"],
    [299, "unauthorised"],
    [4, "unavailable"],
    [17, "unavailable"],
    [32, "unavailable"],
    [613, "unavailable"],
    [100, "rejected"],
    [300, "rejected"],
  ])("400 with the code %i is %s", async (code, kind) => {
    expect(await connection(problem(code)).send(request, "k", noDeadline())).toMatchObject({
      kind,
      reason: expect.stringMatching(/^Threads answered 400: Said\./),
    });
  });

  test("that calls itself transient is tried again, and 500 may have been applied", async () => {
    const transient = problem(1, { is_transient: true, error_user_msg: "For people." });
    expect(await connection(transient).send(request, "k", noDeadline(), progress())).toEqual({
      kind: "unavailable",
      reason: "Threads answered 400: For people.",
    });
    const failed = problem(2, { is_transient: true }, 500);
    expect(await connection(failed).send(request, "k", noDeadline(), progress())).toMatchObject({ kind: "unanswered" });
  });

  test("that does not know the container yet makes it wait for half a minute, and after ten minutes there is another one", async () => {
    for (const answer of [notKnownYet, problem(9007)])
      expect(await connection(answer).send(request, "k", noDeadline(), progress(minute))).toEqual({
        kind: "unavailable",
        reason: "Threads answered 400: Said.",
        retryAt: start + 30 * second,
      });
    const late = connection(notKnownYet, ok({ id: "19" }));
    expect(await late.send(request, "k", noDeadline(), progress(11 * minute))).toEqual({
      kind: "progressed",
      progress: { container: "19", madeAt: start },
    });
  });

  test("is not asked for a container that has expired: there is another one", async () => {
    const made = connection(ok({ id: "19" }));
    expect(await made.send(request, "k", noDeadline(), progress(23 * hour))).toMatchObject({ kind: "progressed" });
    expect(paths()).toEqual([expect.stringMatching(/me\/threads$/)]);
  });

  test("that refuses a picture does not prevent the post", async () => {
    const atOnce = connection(problem(100), ok({ id: "19" }));
    expect(await atOnce.send(withPicture, "k", noDeadline())).toMatchObject({ kind: "progressed" });
    const later = connection(problem(100), ok({ id: "19" }));
    expect(await later.send(withPicture, "k", noDeadline(), progress())).toMatchObject({ kind: "progressed" });
    const never = connection(problem(9007), ok({ id: "19" }));
    expect(await never.send(withPicture, "k", noDeadline(), progress(11 * minute))).toMatchObject({
      kind: "progressed",
    });
    expect(await connection(problem(100), problem(100)).send(withPicture, "k", noDeadline())).toMatchObject({
      kind: "rejected",
    });
  });

  test("says whose login it is", async () => {
    expect(await connection(ok({ id: "1784", username: "ada" })).whoAmI(noDeadline())).toEqual({
      kind: "identity",
      id: "threads.net, user 1784",
      handle: "@ada",
    });
    expect(await connection(problem(190)).whoAmI(noDeadline())).toMatchObject({ kind: "unauthorised" });
    expect(await connection(problem(100)).whoAmI(noDeadline())).toMatchObject({ kind: "unavailable" });
  });

  test("never has the token in a reason, though it is in the address of a request", async () => {
    const { accessToken = "" } = threads.sandboxCredentials(account);
    expect(accessToken).not.toBe("");
    const repeated = problem(100, { message: `GET /me?access_token=${accessToken}` });
    const outcome = await connection(repeated).send(request, "k", noDeadline());
    expect(outcome).toMatchObject({ kind: "rejected", reason: "Threads answered 400: GET /me?access_token=…" });
  });

  describe("to a look", () => {
    const text = `Mine.\n\n${url}`;
    const sought = (from?: object) => ({
      request: { media_type: "TEXT", text },
      key: "k",
      url,
      since: start,
      ...(from && { progress: { ...from } }),
    });
    const post = (id: string, at: number, words = text) => ({
      id,
      text: words,
      permalink: `https://www.threads.com/p/${id}`,
      timestamp: new Date(at).toISOString(),
    });
    const list = (...data: readonly object[]) => ok({ data });
    const status = (name: string) => ok({ id: "17", status: name });
    const found = (id: string, madeAt: number, isSame = true) => ({
      remote: { id, url: `https://www.threads.com/p/${id}`, public: true },
      madeAt,
      isSame,
    });

    test.each(["FINISHED", "IN_PROGRESS", "EXPIRED", "ERROR"])(
      "a container that is %s has made no post",
      async (name) => {
        expect(await connection(status(name)).find?.(sought(progress()), noDeadline())).toEqual([]);
      },
    );

    test("a container that is published has made the post that is listed, and a list without it is late", async () => {
      const published = status("PUBLISHED");
      expect(await connection(published, list(post("18", start + 1))).find?.(sought(progress()), noDeadline())).toEqual(
        [found("18", start + 1)],
      );
      expect(await connection(published, list()).find?.(sought(progress()), noDeadline())).toBeUndefined();
    });

    test("a container whose status cannot be read proves nothing, and one that is gone leaves the list", async () => {
      const failed = problem(2, {}, 500);
      expect(await connection(failed, list()).find?.(sought(progress()), noDeadline())).toBeUndefined();
      const gone = problem(100, { error_subcode: 33 });
      expect(await connection(gone, list()).find?.(sought(progress()), noDeadline())).toEqual([]);
    });

    test("without a container the list says it, page by page, back to the send, the oldest first", async () => {
      const next = { cursors: { after: "more" }, next: "https://graph.threads.net/more" };
      const answers = [
        ok({ data: [post("21", start + 3, `Other ${url}`), post("20", start + 2, "Another")], paging: next }),
        ok({ data: [post("19", start + 1), post("18", start - 1)], paging: next }),
      ];
      expect(await connection(...answers).find?.(sought(), noDeadline())).toEqual([
        found("19", start + 1),
        found("21", start + 3, false),
      ]);
      expect(script.requests.at(-1)).toContain("after=more");
    });

    test("that does not list posts is none, or says that the login may not read", async () => {
      expect(await connection(problem(2, {}, 500)).find?.(sought(), noDeadline())).toBeUndefined();
      expect(await connection({ status: 200, text: "<p>Hello</p>" }).find?.(sought(), noDeadline())).toBeUndefined();
      expect(await connection(problem(10)).find?.(sought(), noDeadline())).toBe("unreadable");
    });
  });
});
