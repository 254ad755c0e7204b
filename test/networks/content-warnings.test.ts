import { expect, test } from "vitest";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
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

test("Bluesky gets a label of the author's own for what is sensitive, and nothing for a warning's words", () => {
  const labelled = bluesky.compose(warned({ sensitive: true }), aConfiguredAccount({ network: "bluesky" })).request;
  expect(labelled).toMatchObject({ labels: { values: [{ val: "graphic-media" }] } });
  expect(recordError(labelled)).toBeUndefined();
  const other = bluesky.compose(warned({ contentWarning: "Spoilers" }), aConfiguredAccount({ network: "bluesky" }));
  expect(other.request).not.toHaveProperty("labels");
});
