import { describe, expect, test } from "vitest";
import { day } from "../../src/domain/time.ts";
import { linkedin, linkedinVersion } from "../../src/networks/linkedin.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet, type SnippetFields } from "../support/snippets.ts";

networkContract(linkedin);

const script = scriptedNetwork(linkedin);
const account = aConfiguredAccount({ name: "linkedin", network: "linkedin" });
const url = "https://blog.example.com/a-hundred-feeds/";
const composed = (snippet: SnippetFields = {}, settings = {}) =>
  linkedin.compose(aSnippet(snippet), { ...account, settings: { ...account.settings, ...settings } });
const requestOf = (...given: Parameters<typeof composed>) => composed(...given).request;
const picture = { hash: "0".repeat(64), mediaType: "image/png", size: 1, width: 1, height: 1 } as const;
const image = { url: "https://blog.example.com/press.png", alt: "A hand press" };

test("an account of LinkedIn may name another version of its API, and nothing that is none", () => {
  const isVersion = (version: unknown) => linkedin.settings.safeParse({ version }).success;
  expect(["202611", "202701", undefined].every(isVersion)).toBe(true);
  expect(["202613", "2026-11", 202611, "latest"].some(isVersion)).toBe(false);
});

test("the secret of LinkedIn may say when the login ends, and a text that is no date is refused", () => {
  const isSecret = (expiresAt?: string) => linkedin.credentials.safeParse({ accessToken: "t", expiresAt }).success;
  expect([undefined, "2027-01-29", "2027-01-29T14:03:00Z", "2027-01-29T14:03:00+01:00"].every(isSecret)).toBe(true);
  const noDates = ["soon", "5184000", "29.1.2027", "2027-02-31", "2027-01-29 or so", "2027-01-29Tea"];
  expect(noDates.filter((text) => isSecret(text))).toEqual([]);
});

describe("a post on LinkedIn", () => {
  test("has its text, the link and hashtags in LinkedIn's form, and a card that says what the text does not", () => {
    expect(requestOf({ text: undefined, title: "A & B" })).toEqual({
      commentary: `Dates are the first thing that goes wrong.\n\n${url}\n\n{hashtag|\\#|Feeds} {hashtag|\\#|OpenWeb}`,
      article: { source: url, title: "A & B" },
    });
    expect(requestOf({ text: "Mine.", tags: [] })).toEqual({
      commentary: `Mine.\n\n${url}`,
      article: {
        source: url,
        title: "A Hundred Feeds",
        description: "Dates are the first thing that goes wrong.",
      },
    });
  });

  test("escapes each sign that LinkedIn would cut the text at, also in an address", () => {
    const { commentary } = requestOf({
      text: "a\\b|{c}@[d](e)<f>#*_~ 4% → we're #1 in C#, #web_x",
      tags: [],
      url: "https://blog.example.com/a_(b)#c",
    });
    expect(commentary).toBe(
      "a\\\\b\\|\\{c\\}\\@\\[d\\]\\(e\\)\\<f\\>\\#\\*\\_\\~ 4% → we're \\#1 in C\\#, {hashtag|\\#|web\\_x}\n\nhttps://blog.example.com/a\\_\\(b\\)\\#c",
    );
  });

  test("counts the text as it is sent: one that is as long as LinkedIn takes is not cut there", () => {
    expect(linkedin.length("a(b) #Tag")).toBe("a\\(b\\) {hashtag|\\#|Tag}".length);
    const { request, isCut, limit } = composed({ text: "(a_b) ".repeat(600) });
    expect([limit, isCut]).toEqual([3000, true]);
    expect(String(request.commentary).length).toBeLessThanOrEqual(3000);
    expect(String(request.commentary)).toContain("blog.example.com");
  });

  test("has the picture in its card; a note has its pictures in the place of one", () => {
    expect(requestOf({ picture, image })).toMatchObject({ article: { source: url }, pictures: [{ url: image.url }] });
    const note = composed({ isNote: true, text: "A note.", content: aContent({ isNote: true }), picture, image });
    expect(note.request).toEqual({ commentary: "A note.", pictures: [{ ...attachedPicture, alt: image.alt }] });
    expect(note.pictures).toBe(1);
    // It is not known whether LinkedIn refuses an equal text with another picture.
    expect([note.request, requestOf({ picture })].map((request) => linkedin.offersTo?.(request))).toEqual([
      "none",
      "refuse",
    ]);
  });
  const attachedPicture = { hash: picture.hash, mediaType: picture.mediaType, url: image.url };

  test("with a content warning has neither picture nor description, and without a link no card", () => {
    const social = { off: false, useSummary: false, texts: {}, contentWarning: "Spoilers", sensitive: false };
    expect(requestOf({ content: aContent({ social }), picture, image })).toMatchObject({
      commentary: expect.stringMatching(/^CW: Spoilers\n/),
      article: { source: url, title: "A Hundred Feeds" },
    });
    expect(requestOf({ content: aContent({ social }), picture })).not.toHaveProperty("pictures");
    expect(Object.keys(requestOf({ picture }, { link: "never" }))).toEqual(["commentary"]);
  });
});

const who = { status: 200, body: { sub: "AbC_12", name: "Ada Lovelace" } };
const connection = (...responses: readonly ScriptedResponse[]) => {
  script.responses = responses;
  return script.connect();
};
const problem = (status: number, message: string, more = {}) => ({ status, body: { status, message, ...more } });

describe("the login of LinkedIn", () => {
  const secret = (expiresAt?: string) => ({ accessToken: "t", ...(expiresAt && { expiresAt }) });
  const answer = (expiresAt?: string) =>
    connectionOf(
      linkedin.connect({
        account,
        secret: secret(expiresAt),
        fetch: async () => Response.json(who.body),
        clock: () => start,
      }),
    ).whoAmI(noDeadline());

  test("says whose it is, and when it ends", async () => {
    const endsAt = start + 60 * day;
    expect(await answer(new Date(endsAt).toISOString())).toEqual({
      kind: "identity",
      id: "linkedin.com, member AbC_12",
      handle: "Ada Lovelace",
      endsAt,
    });
    expect(await answer()).toMatchObject({ kind: "identity", endsAt: undefined });
  });

  test("is asked for once, and again where it is checked", async () => {
    const by = connection(who, who);
    await by.whoAmI(noDeadline());
    await by.whoAmI(noDeadline());
    expect(script.requests).toEqual(["GET /sandbox/api/linkedin/linkedin/v2/userinfo"]);
    await by.whoAmI(noDeadline(), true);
    expect(script.requests).toHaveLength(2);
  });

  test.each([
    [401, "The token used in the request has been revoked by the user", ""],
    [401, "The token used in the request has expired", ""],
    [
      403,
      "Not enough permissions to access: userinfo.GET",
      "; the login needs the scopes openid, profile and w_member_social",
    ],
  ])("that is refused (%i: %s) pauses the account before anything is sent", async (status, message, hint) => {
    const refused = { kind: "unauthorised", reason: `LinkedIn answered ${status}: ${message}${hint}` };
    expect(await connection(problem(status, message)).whoAmI(noDeadline())).toEqual(refused);
    expect(await connection(problem(status, message)).send(requestOf(), "k", noDeadline())).toEqual(refused);
    expect(script.requests).toHaveLength(2);
  });

  test("whose answer cannot be read is not available", async () => {
    const sent = await connection({ status: 200, text: "<p>Hello</p>" }).send(requestOf(), "k", noDeadline());
    expect(sent).toMatchObject({ kind: "unavailable" });
  });
});

describe("an answer of LinkedIn", () => {
  const urn = "urn:li:share:7431329065766260736";
  const remote = { id: urn, url: `https://www.linkedin.com/feed/update/${urn}/`, public: true };
  const request = requestOf();
  const duplicate = (named = ` of ${urn}`) => ({
    status: 422,
    body: {
      errorDetailType: "com.linkedin.common.error.BadRequest",
      message: `com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate${named}`,
      errorDetails: { inputErrors: [{ description: "Duplicate post is detected", input: {}, code: "DUPLICATE_POST" }] },
      status: 422,
    },
  });
  const said = `LinkedIn answered 422: Content is a duplicate of ${urn}`;
  const send = (...responses: readonly ScriptedResponse[]) =>
    connection(who, ...responses).send(request, "k", noDeadline());

  test("to a post names it in a header", async () => {
    expect(await send({ status: 201, headers: { "x-restli-id": urn } })).toEqual({ kind: "posted", remote });
    expect(await send({ status: 201 })).toMatchObject({ kind: "unanswered" });
  });

  test("a duplicate is the post only where that was read and says the same", async () => {
    const read = { status: 200, body: { id: urn, commentary: String(request.commentary).replaceAll("\\", "") } };
    expect(await send(duplicate(), read)).toEqual({ kind: "duplicate", remote, reason: said });
    expect(script.requests.at(-1)).toBe(`GET /sandbox/api/linkedin/linkedin/rest/posts/${encodeURIComponent(urn)}`);
    const other = { status: 200, body: { id: urn, commentary: "Another text." } };
    expect(await send(duplicate(), other)).toEqual({
      kind: "rejected",
      reason: `${said}, which has another text: ${remote.url}`,
    });
  });

  test("a duplicate whose post is deleted, may not be read or is not named is never the post", async () => {
    expect(await send(duplicate(), problem(404, "Could not find entity"))).toEqual({
      kind: "rejected",
      reason: `${said}, which is deleted: LinkedIn refuses its text for a day or two after that; change the text, or retry later`,
    });
    expect(await send(duplicate(), problem(403, "Not enough permissions to access: posts.GET"))).toEqual({
      kind: "rejected",
      reason: `${said}, which Crier may not read: look at ${remote.url}`,
    });
    expect(await send(duplicate(""))).toEqual({
      kind: "rejected",
      reason: "LinkedIn answered 422: Content is a duplicate",
    });
  });

  test("a duplicate whose post cannot be read now is tried again", async () => {
    for (const broken of [problem(500, "Internal"), { status: 200, body: {} }])
      expect(await send(duplicate(), broken)).toEqual({
        kind: "unavailable",
        reason: `${said}, which could not be read`,
      });
    expect(await send(duplicate(), problem(401, "Revoked"))).toMatchObject({ kind: "unauthorised" });
    const limited = { ...problem(429, "Throttled"), headers: { "retry-after": "60" } };
    expect(await send(duplicate(), limited)).toMatchObject({ kind: "unavailable", retryAt: start + 60_000 });
  });

  test("that its API is switched off pauses the account, and asks for a newer Crier", async () => {
    const off = problem(426, `Requested version ${linkedinVersion} is not active`, { code: "NONEXISTENT_VERSION" });
    const outcome = {
      kind: "unauthorised",
      reason: `LinkedIn answered 426: Requested version ${linkedinVersion} is not active`,
      remedy: "update Crier, or name a newer version of LinkedIn's API in crier.config.ts (version)",
    };
    expect(await send(off)).toEqual(outcome);
    const by = connection(off, off);
    expect(await by.edit?.(remote, request, noDeadline())).toEqual(outcome);
    expect(await by.remove?.(remote, noDeadline())).toEqual(outcome);
  });

  test.each([
    [400, "rejected", "LinkedIn answered 400: Field Value validation failed"],
    [
      403,
      "unauthorised",
      "LinkedIn answered 403: Field Value validation failed; the login needs the scopes openid, profile and w_member_social",
    ],
    [503, "unanswered", "LinkedIn answered 503: Field Value validation failed"],
  ])("to a post: %i is %s", async (status, kind, reason) => {
    expect(await send(problem(status, "Field Value validation failed"))).toEqual({ kind, reason });
  });

  test("an edit of a post that is gone names it as missing, and its deletion is done", async () => {
    const by = connection(problem(404, "Could not find entity"), problem(404, "Could not find entity"));
    expect(await by.edit?.(remote, request, noDeadline())).toMatchObject({ kind: "missing" });
    expect(await by.remove?.(remote, noDeadline())).toEqual({ kind: "done" });
  });
});

describe("the upload of a picture to LinkedIn", () => {
  const bytes = Buffer.from("the bytes");
  const attached = requestOf({ picture, image });
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  const begun = (uploadUrl: string) => ({ value: { uploadUrl, image: "urn:li:image:C1" } });
  const send = (answers: readonly Response[], stored: Buffer | undefined = bytes) => {
    requests.length = 0;
    const left = [Response.json(who.body), ...answers];
    const by = linkedin.connect({
      account,
      secret: { accessToken: "the-token" },
      fetch: async (address, init) => {
        requests.push({ url: address, init });
        return left.shift() ?? new Response(null, { status: 500 });
      },
      clock: () => start,
      readPicture: async () => stored,
    });
    return connectionOf(by).send(attached, "k", noDeadline());
  };
  const without = (reason: string) => ({
    kind: "progressed",
    progress: { media: [{ id: null }] },
    note: `it went without its picture: ${reason}`,
  });

  test("is a step of its own: the post names the image that it gave", async () => {
    const answer = Response.json(begun("https://www.linkedin.com/dms-uploads/C1/uploaded-image/0?a=b"));
    const outcome = await send([answer, new Response(null, { status: 201 })]);
    expect(outcome).toEqual({ kind: "progressed", progress: { media: [{ id: "urn:li:image:C1" }] } });
    expect(requests.map(({ url: address, init }) => `${init.method} ${address}`)).toEqual([
      "GET https://api.linkedin.com/v2/userinfo",
      "POST https://api.linkedin.com/rest/images?action=initializeUpload",
      "PUT https://www.linkedin.com/dms-uploads/C1/uploaded-image/0?a=b",
    ]);
    expect(requests.at(-1)?.init).toMatchObject({ body: bytes, headers: { authorization: "Bearer the-token" } });
    expect(requests[1]?.init.headers).toMatchObject({
      "linkedin-version": linkedinVersion,
      "x-restli-protocol-version": "2.0.0",
    });
  });

  test("sends the token to no address but LinkedIn's", async () => {
    for (const address of [
      "https://linkedin.com.example/0",
      "http://www.linkedin.com/0",
      "https://notlinkedin.com/0",
    ]) {
      expect(await send([Response.json(begun(address))])).toEqual(
        without("LinkedIn named an address that is not its own"),
      );
      expect(requests).toHaveLength(2);
    }
  });

  test("that fails leaves the post without its picture, unless the login or the rate is refused", async () => {
    const address = "https://www.linkedin.com/dms-uploads/C1/uploaded-image/0";
    expect(await send([Response.json({}, { status: 500 })])).toEqual(without("LinkedIn answered 500"));
    expect(await send([Response.json(begun(address)), Response.json({}, { status: 400 })])).toEqual(
      without("LinkedIn answered 400"),
    );
    expect(await send([Response.json({}, { status: 403 })])).toMatchObject({ kind: "progressed" });
    expect(await send([Response.json({}, { status: 401 })])).toMatchObject({ kind: "unauthorised" });
    expect(await send([Response.json({}, { status: 429, headers: { "retry-after": "60" } })])).toMatchObject({
      kind: "unavailable",
      retryAt: start + 60_000,
    });
  });
});
