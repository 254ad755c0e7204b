import { describe, expect, test } from "vitest";
import { iso, minute } from "../../src/domain/time.ts";
import { webhookHeaders } from "../../src/outside/webhook-signature.ts";
import { start } from "../support/builders.ts";
import { aSandbox } from "../support/sandbox-requests.ts";

const secret = `whsec_${btoa("sandbox-webhook".padEnd(24, "-"))}`;
const data = {
  id: "k",
  url: "https://blog.example.com/a/",
  title: "A",
  label: "A",
  text: "A https://blog.example.com/a/",
  content_html: "<p>A</p>",
};

const send = async (sandbox: ReturnType<typeof aSandbox>, type: string, fields: object = data, id = "m") => {
  const body = JSON.stringify({ type, timestamp: iso(start), data: fields });
  return sandbox.send("POST", "", body, await webhookHeaders({ id, at: start, body, secret }));
};

describe("the emulator of a receiver", () => {
  test("refuses a message that is not signed, is signed for another body, or is old", async () => {
    const sandbox = aSandbox("webhook");
    const headers = await webhookHeaders({ id: "m", at: start, body: "{}", secret });
    expect(await sandbox.send("POST", "", "{}")).toMatchObject({ status: 401, body: { error: "a header is missing" } });
    expect(await sandbox.send("POST", "", "{ }", headers)).toMatchObject({
      status: 401,
      body: { error: "the signature is not valid" },
    });
    sandbox.wait(6 * minute);
    expect(await sandbox.send("POST", "", "{}", headers)).toMatchObject({
      status: 401,
      body: { error: expect.stringContaining("timestamp") },
    });
  });

  test("keeps a post once, edits it, deletes it, and does not bring it back", async () => {
    const sandbox = aSandbox("webhook");
    expect((await send(sandbox, "post.updated")).status).toBe(404);
    expect((await send(sandbox, "post.created")).status).toBe(204);
    expect((await send(sandbox, "post.created", { ...data, text: "Another" })).status).toBe(204);
    expect((await send(sandbox, "post.updated", { ...data, text: "Corrected" })).status).toBe(204);
    expect(sandbox.timeline.all()).toMatchObject([{ id: "k", text: "Corrected", deletedAt: null }]);
    expect((await send(sandbox, "post.deleted", { id: "k" })).status).toBe(204);
    expect((await send(sandbox, "post.created")).status).toBe(204);
    expect(sandbox.timeline.all()).toMatchObject([{ id: "k", deletedAt: iso(start) }]);
  });

  test("takes an id of any length, without a full stop, which divides what is signed", async () => {
    expect((await send(aSandbox("webhook"), "post.created", data, "0".repeat(200))).status).toBe(204);
    expect((await send(aSandbox("webhook"), "post.created", data, "a.b")).status).toBe(400);
  });

  test.each([
    ["post.renamed", data],
    ["post.created", { ...data, id: 1 }],
    ["post.created", { ...data, url: "a" }],
    ["post.created", { ...data, title: undefined }],
  ])("refuses a message in another form: %s %j", async (type, fields) => {
    expect(await send(aSandbox("webhook"), type, fields)).toMatchObject({ status: 400 });
  });
});
