import { describe, expect, test } from "vitest";
import { iso, second } from "../../src/domain/time.ts";
import { webhook } from "../../src/networks/webhook.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet } from "../support/snippets.ts";

networkContract(webhook, { anyBody: true });

const account = aConfiguredAccount({ name: "webhook", network: "webhook" });
const script = scriptedNetwork(webhook);
const secret = `whsec_${btoa("24 bytes and not one less")}`;

test("the secret of a webhook is an address by https, or on this machine, and what signs", () => {
  const parse = (url: string, key = secret) => webhook.credentials.safeParse({ url, secret: key }).success;
  expect(parse("https://hooks.example/services/T0/B0?key=a")).toBe(true);
  expect(parse("http://127.0.0.1:5678/hook")).toBe(true);
  expect(parse("http://hooks.example/")).toBe(false);
  expect(parse("https://hooks.example/", "password")).toBe(false);
});

describe("a post for a webhook", () => {
  test("is the whole post, in the names of JSON Feed, with the text that announces it", () => {
    const content = aContent({
      html: "<p>The <em>whole</em> body.</p>",
      updated: start + second,
      categories: [{ name: "Open Web", type: "niche" }],
      authors: [{ name: "Ada", url: "https://ada.example/", email: "ada@ada.example" }],
      social: { off: false, useSummary: true, texts: {}, contentWarning: "Spoilers", sensitive: true },
      attachment: { url: "https://blog.example.com/a.mp3", mediaType: "audio/mpeg", length: 12 },
    });
    const image = { url: "https://blog.example.com/a.jpg", alt: "A" };
    const snippet = aSnippet({ content, url: content.url, text: "Read this.", image });
    expect(webhook.compose(snippet, account).request).toEqual({
      url: "https://blog.example.com/hello/",
      kind: "article",
      title: "Hello",
      label: "Hello",
      text: "Read this.\n\nhttps://blog.example.com/hello/",
      summary: "The first words.",
      content_html: "<p>The <em>whole</em> body.</p>",
      language: "en",
      date_published: iso(start),
      date_modified: iso(start + second),
      tags: ["Open Web"],
      authors: [{ name: "Ada", url: "https://ada.example/" }],
      image: "https://blog.example.com/a.jpg",
      image_alt: "A",
      images: [{ url: "https://blog.example.com/a.jpg", alt: "A" }],
      content_warning: "Spoilers",
      sensitive: true,
      attachments: [{ url: "https://blog.example.com/a.mp3", mime_type: "audio/mpeg", size_in_bytes: 12 }],
    });
  });

  test("leaves out a body that would not fit twice into a row", () => {
    const bodyOf = (html: string) =>
      webhook.compose(aSnippet({ content: aContent({ html }) }), account).request.content_html;
    expect(bodyOf("ä".repeat(65_000))).toHaveLength(65_000);
    expect(bodyOf("ä".repeat(66_000))).toBeNull();
    expect(bodyOf('"'.repeat(66_000))).toBeNull();
  });
});

describe("an answer of a receiver", () => {
  const answer = async (act: "send" | "edit" | "remove", response: ScriptedResponse) => {
    script.responses = [response];
    const copy = { id: "k", url: null, public: false };
    const connection = script.connect();
    if (act === "send") return connection.send({}, "k", noDeadline());
    return act === "edit" ? connection.edit?.(copy, {}, noDeadline()) : connection.remove?.(copy, noDeadline());
  };

  test("is its status: any 2xx takes the message", async () => {
    expect(await answer("send", { status: 204 })).toMatchObject({ kind: "posted", remote: { id: "k", public: false } });
    expect(await answer("edit", { status: 202, body: "Accepted" })).toEqual({ kind: "done" });
  });

  test.each([401, 403, 404, 405, 410])("that says %i is not about the post: the account waits", async (status) => {
    expect(await answer("send", { status, body: { message: "No" } })).toEqual({
      kind: "unauthorised",
      reason: `The receiver answered ${status}: No`,
    });
  });

  test("that does not have the post, or not any more, has nothing to delete and nothing to edit", async () => {
    for (const status of [404, 410]) {
      expect(await answer("remove", { status })).toEqual({ kind: "done" });
      expect(await answer("edit", { status })).toMatchObject({ kind: "missing" });
    }
  });
});
