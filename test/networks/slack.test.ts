import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { second } from "../../src/domain/time.ts";
import { slack } from "../../src/networks/slack.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { runs } from "../support/runs.ts";
import { aSandbox } from "../support/sandbox-requests.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

networkContract(slack);

const script = scriptedNetwork(slack);
const account = aConfiguredAccount({ network: "slack" });
const url = "https://blog.example.com/a-hundred-feeds/";
const image = { url: "https://blog.example.com/a.jpg", alt: "A feed" };
const requestOf = (snippet: Parameters<typeof aSnippet>[0]) => slack.compose(aSnippet(snippet), account).request;

test("the secret of Slack is the address of an incoming webhook there", () => {
  const isSecret = (address: string) => slack.credentials.safeParse({ url: address }).success;
  expect(isSecret("https://hooks.slack.com/services/T0/B0/a1B2")).toBe(true);
  expect(isSecret("https://hooks.slack.com.example/services/T0/B0/a1B2")).toBe(false);
  expect(isSecret("https://hooks.slack.com/services/T0/B0")).toBe(false);
});

describe("a post for Slack", () => {
  test("is a rich text with the title in bold, the link, and the picture with its alternative text", () => {
    expect(requestOf({ text: undefined, image })).toEqual({
      text: `A Hundred Feeds\n\nDates are the first thing that goes wrong.\n\n${url}`,
      blocks: [
        {
          type: "rich_text",
          elements: [
            {
              type: "rich_text_section",
              elements: [
                { type: "text", text: "A Hundred Feeds", style: { bold: true } },
                { type: "text", text: "\n\nDates are the first thing that goes wrong.\n\n" },
                { type: "link", url },
              ],
            },
          ],
        },
        { type: "image", image_url: image.url, alt_text: "A feed" },
      ],
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  test("has the title for the alternative text of a picture that has none, and no picture with a warning", () => {
    expect(requestOf({ image: { url: image.url } })).toMatchObject({ blocks: [{}, { alt_text: "A Hundred Feeds" }] });
    const social = { off: false, useSummary: true, texts: {} };
    for (const warning of [{ sensitive: true }, { contentWarning: "Spoilers" }])
      expect(requestOf({ image, content: aContent({ social: { ...social, ...warning } }) }).blocks).toHaveLength(1);
  });

  test("cuts an alternative text that is too long at a word", () => {
    const { blocks } = requestOf({ image: { ...image, alt: "A family 👩‍👩‍👧‍👦 press, ".repeat(200) } });
    const [, { alt_text: alt }] = z.tuple([z.unknown(), z.object({ alt_text: z.string() })]).parse(blocks);
    expect(alt).toMatch(/^A family 👩‍👩‍👧‍👦 press, .*(?:A|family|👩‍👩‍👧‍👦|press)…$/u);
    expect(alt.length).toBeGreaterThan(1900);
    expect(alt.length).toBeLessThanOrEqual(2000);
  });

  test("links to an address in another script by its letters in ASCII, and shows it as it was written", () => {
    const text = "Read https://bücher.example/ä and https://blog.example.com";
    expect(requestOf({ text }).blocks).toMatchObject([
      {
        elements: [
          {
            elements: [
              { text: "Read " },
              { type: "link", url: "https://xn--bcher-kva.example/%C3%A4", text: "https://bücher.example/ä" },
              { text: " and " },
              { type: "link", url: "https://blog.example.com" },
              { text: "\n\n" },
              { type: "link", url },
            ],
          },
        ],
      },
    ]);
  });

  test("notifies nobody, whatever it names", () => {
    expect(requestOf({ text: "<!channel> & <@U1> *a* :b:" }).text).toMatch(
      /^&lt;!channel&gt; &amp; &lt;@U1&gt; \*a\* :b:\n/,
    );
  });

  test("is a request that Slack takes, and is shown as it was written, whatever its text", async () => {
    const { send, timeline } = aSandbox("slack");
    await fc.assert(
      fc.asyncProperty(snippets, async (snippet) => {
        const { text, request } = slack.compose(aSnippet({ ...snippet, image }), account);
        // It answers in a word, and not in JSON.
        await expect(send("POST", "/services/T0SANDBOX/B0SANDBOX/sandbox-slack", request)).rejects.toThrow("ok");
        expect(timeline.all().at(-1)?.text).toBe(text);
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("an answer of Slack", () => {
  const answer = (...responses: readonly ScriptedResponse[]) => {
    script.responses = responses;
    return script.connect().send(requestOf({ image }), "k", noDeadline());
  };
  const say = (status: number, text: string) => ({ status, text, headers: { "content-type": "text/plain" } });

  test("is a word: a message has no id and no address", async () => {
    expect(await answer(say(200, "ok"))).toEqual({ kind: "posted", remote: { id: null, url: null, public: false } });
    expect(await answer(say(200, "<html>ok</html>"))).toMatchObject({ kind: "unanswered" });
    expect(await answer(say(400, "no_text"))).toEqual({ kind: "rejected", reason: "Slack answered 400: no_text" });
    expect(await answer(say(500, "rollup_error"))).toMatchObject({ kind: "unanswered" });
  });

  test.each([
    [403, "invalid_token"],
    [400, "invalid_token"],
    [404, "no_service"],
    [410, "channel_is_archived"],
  ])("that says %i %s is not about the post: the account waits", async (status, word) => {
    expect(await answer(say(status, word))).toEqual({
      kind: "unauthorised",
      reason: `Slack answered ${status}: ${word}`,
    });
  });

  test("that refuses the picture is followed by the same message without it, once", async () => {
    expect(await answer(say(400, "invalid_blocks"), say(200, "ok"))).toMatchObject({ kind: "posted" });
    expect(await answer(say(400, "invalid_blocks"), say(400, "invalid_blocks"))).toMatchObject({ kind: "rejected" });
    expect(script.requests).toHaveLength(4);
  });

  test("that asks for a pause names it", async () => {
    const limited = { ...say(429, "rate_limited"), headers: { "retry-after": "2" } };
    expect(await answer(limited)).toMatchObject({ kind: "unavailable", retryAt: start + 2 * second });
  });

  test("the account is its workspace: no part of the address that is a secret is named", async () => {
    const identity = await script.connect().whoAmI(noDeadline());
    expect(identity).toEqual({ kind: "identity", id: "https://hooks.slack.com, workspace T0SANDBOX" });
    expect(script.requests).toEqual([]);
    const echo = await answer(say(404, "no webhook at services.T0SANDBOX sandbox-slack"));
    expect(JSON.stringify(echo)).not.toContain("sandbox-slack");
  });
});
