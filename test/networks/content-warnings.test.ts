import { describe, expect, test } from "vitest";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { getNetwork } from "../../src/networks/connect-networks.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { recordError } from "../../src/sandbox/bluesky-emulator.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const warned = (social: { readonly contentWarning?: string; readonly sensitive?: boolean }, text = "Words.") =>
  aSnippet({ text, tags: [], content: aContent({ social: { off: false, useSummary: false, texts: {}, ...social } }) });
const account = aConfiguredAccount({ name: "me", network: "mastodon" });

test("Mastodon shows a content warning instead of the text, counts it, and marks what is sensitive", () => {
  const plain = mastodon.compose(warned({}), account);
  const { request, length } = mastodon.compose(warned({ contentWarning: "Spoilers", sensitive: true }), account);
  expect(request).toMatchObject({ status: plain.text, spoiler_text: "Spoilers", sensitive: true });
  expect(length).toBe(plain.length + 8);
  expect(plain.request).not.toHaveProperty("spoiler_text");
  expect(plain.request).not.toHaveProperty("sensitive");
});

test("a warning that is too long leaves three quarters of the limit to the text", () => {
  const { request, length, limit } = mastodon.compose(
    warned({ contentWarning: "A warning. ".repeat(60) }, "Many words. ".repeat(60)),
    account,
  );
  expect(String(request.spoiler_text).length).toBeLessThanOrEqual(125);
  expect(String(request.status)).toMatch(/^Many words\. .*\nhttps:/s);
  expect(length).toBeLessThanOrEqual(limit);
});

test("an edit on Mastodon takes a warning away", async () => {
  const sandbox = await startSandbox([account], () => start);
  const secret = mastodon.sandboxCredentials(account);
  const connection = connectionOf(
    mastodon.connect({ account, secret, sandbox: sandbox.url, fetch, clock: () => start }),
  );
  const signal = noDeadline();
  const requestOf = (social: Parameters<typeof warned>[0]) => mastodon.compose(warned(social), account).request;
  const sent = await connection.send(requestOf({ contentWarning: "Spoilers", sensitive: true }), "k", signal);
  if (sent.kind !== "posted") throw new Error(sent.kind);
  expect(await connection.edit?.(sent.remote, requestOf({}), signal)).toEqual({ kind: "done" });
  expect(sandbox.posts("me")).toMatchObject([{ request: { spoiler_text: "", sensitive: false } }]);
  await sandbox.close();
});

test("Bluesky gets a label of the author's own for what is sensitive, and none for a warning", () => {
  const labelled = bluesky.compose(warned({ sensitive: true }), aConfiguredAccount({ network: "bluesky" })).request;
  expect(labelled).toMatchObject({ labels: { values: [{ val: "graphic-media" }] } });
  expect(recordError(labelled)).toBeUndefined();
  const other = bluesky.compose(warned({ contentWarning: "Spoilers" }), aConfiguredAccount({ network: "bluesky" }));
  expect(other.request).not.toHaveProperty("labels");
});

const onNetwork = (network: string, settings = {}) => {
  const account = aConfiguredAccount({ network, settings });
  return (snippet: ReturnType<typeof warned>) => getNetwork(network).compose(snippet, account);
};

describe.each(["x", "bluesky", "slack"])("%s, which has no content warnings,", (network) => {
  const compose = onNetwork(network);

  test("is sent the warning above the text, and counts it", () => {
    const plain = compose(warned({}));
    const { text, length } = compose(warned({ contentWarning: "Spoilers" }));
    expect(text).toBe(`CW: Spoilers\n\n${plain.text}`);
    expect(length).toBe(plain.length + "CW: Spoilers\n\n".length);
  });

  test("is sent all of the warning with a text that is cut", () => {
    const { text, length, limit, isCut } = compose(
      warned({ contentWarning: "Spoilers" }, "Many words of the text. ".repeat(200)),
    );
    expect(isCut).toBe(true);
    expect(text).toMatch(/^CW: Spoilers\n\nMany words/);
    expect(length).toBeLessThanOrEqual(limit);
  });

  test("is sent a quarter of the limit of a long warning, which mentions nobody", () => {
    const { text, length, limit } = compose(warned({ contentWarning: `By @ada. ${"A warning. ".repeat(500)}` }));
    const [line = "", ...rest] = text.split("\n\n");
    expect(line).toMatch(/^CW: By @\u200Bada\. A warning\./);
    expect(line.length).toBeLessThanOrEqual(limit / 4);
    expect(rest[0]).toMatch(/^Words\./);
    expect(length).toBeLessThanOrEqual(limit);
  });

  test("is sent the warning above a template", () => {
    const derived = { ...warned({ contentWarning: "Spoilers" }), text: undefined };
    const { text } = onNetwork(network, { template: "New: {title}" })(derived);
    expect(text).toMatch(/^CW: Spoilers\n\nNew: A Hundred Feeds/);
  });

  test("is sent the warning where the template leaves no room for the text", () => {
    const derived = { ...warned({ contentWarning: "Spoilers" }), text: undefined };
    const { text } = onNetwork(network, { template: `{title} ${"x".repeat(990)}` })(derived);
    expect(text).toMatch(/^CW: Spoilers\n\nA Hundred Feeds/);
  });
});

test.each(["x", "bluesky"])("%s has the warning in the first post of a thread alone", (network) => {
  const long = warned({ contentWarning: "Spoilers" }, "A sentence of the text. ".repeat(30));
  const { text, replies = [] } = onNetwork(network, { thread: true })(long);
  expect(text).toMatch(/^CW: Spoilers\n\nA sentence/);
  expect(replies.length).toBeGreaterThan(0);
  expect(replies.filter((reply) => reply.text.includes("CW:"))).toEqual([]);
});

test("an article on DEV begins with the warning, and its description and picture show nothing else", () => {
  const content = { ...warned({ contentWarning: "<Spoilers>" }).content, html: "<p>The thief is *Ada*.</p>" };
  const image = { url: "https://blog.example.com/a.png" };
  const { request, article } = onNetwork("devto")({ ...warned({}), content, images: [image] });
  const body = "CW: &lt;Spoilers&gt;\n\nThe thief is \\*Ada\\*.\n\n<!-- Crier -->";
  expect(request).toMatchObject({ body_markdown: body, description: "CW: <Spoilers>" });
  expect(request).not.toHaveProperty("main_image");
  expect(article).toBe(body.length);
});

test("the card on Bluesky and the picture on X show nothing of a post with a warning", () => {
  const { pictures } = aSnippet({
    picture: { hash: "0".repeat(64), mediaType: "image/jpeg", size: 1, width: 1, height: 1 },
  });
  const hidden = { ...warned({ contentWarning: "Spoilers" }), pictures };
  const external = { title: "A Hundred Feeds", description: "", uri: hidden.url };
  const onBluesky = onNetwork("bluesky");
  expect(onBluesky(hidden).request).toMatchObject({ embed: { external } });
  expect(JSON.stringify(onBluesky(hidden).request)).not.toContain("thumb");
  expect(JSON.stringify(onBluesky({ ...warned({}), pictures }).request)).toContain("thumb");
  const onX = onNetwork("x", { image: true });
  expect(onX(hidden).request).not.toHaveProperty("pictures");
  expect(onX({ ...warned({}), pictures }).request).toHaveProperty("pictures");
});
