import { schnorr } from "@noble/secp256k1";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { anAccount, start } from "../support/builders.ts";

const key = new Uint8Array(32);
key.set(Buffer.from("sandbox-nostr"));

const now = Math.floor(start / 1000);

const signed = async (event: object, by = key) => {
  const full = { kind: 1, created_at: now, tags: [] as string[][], content: "Words", ...event };
  const pubkey = Buffer.from(schnorr.getPublicKey(by)).toString("hex");
  const content = JSON.stringify([0, pubkey, full.created_at, full.kind, full.tags, full.content]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.from(content)));
  const sig = Buffer.from(await schnorr.signAsync(hash, by)).toString("hex");
  return { ...full, pubkey, id: Buffer.from(hash).toString("hex"), sig };
};

const messages = z.array(z.array(z.unknown()));

const aRelay = () => {
  const timeline = timelineInMemory();
  const app = sandboxApp({ timeline, accounts: [anAccount({ name: "nostr", network: "nostr" })], clock: () => start });
  const path = "/sandbox/api/nostr/nostr";
  const said = async (response: Response) => messages.parse(await response.json());
  return {
    timeline,
    publish: async (event: object) => {
      const [[, , ...answer] = []] = await said(
        await app.request(path, { method: "POST", body: JSON.stringify(["EVENT", event]) }),
      );
      return answer;
    },
    find: async (...filters: readonly object[]) => {
      const message = encodeURIComponent(JSON.stringify(["REQ", "a", ...filters]));
      const answer = await said(await app.request(`${path}?message=${message}`));
      return answer.map(([kind, , event]) => (kind === "EVENT" ? event : kind));
    },
    send: async (body: string) => said(await app.request(path, { method: "POST", body })),
  };
};

describe("the emulator of a relay", () => {
  test("takes an event once, and finds it by what it says", async () => {
    const relay = aRelay();
    const event = await signed({ tags: [["t", "feeds"]] });
    expect(await relay.publish(event)).toEqual([true, ""]);
    expect(await relay.publish(event)).toEqual([true, expect.stringMatching(/^duplicate: /)]);
    expect(relay.timeline.all()).toHaveLength(1);
    for (const filter of [{ ids: [event.id] }, { authors: [event.pubkey], kinds: [1], "#t": ["feeds"], since: now }])
      expect(await relay.find({ kinds: [7] }, filter)).toEqual([event, "EOSE"]);
    for (const filter of [{ "#t": ["feed"] }, { since: now + 1 }, { until: now - 1 }, { authors: ["0".repeat(64)] }])
      expect(await relay.find(filter)).toEqual(["EOSE"]);
  });

  test("refuses an event whose id or signature is not right, and one of another author", async () => {
    const relay = aRelay();
    const event = await signed({});
    const other = await signed({ content: "Other words" });
    expect(await relay.publish({ ...event, content: "Changed" })).toEqual([false, expect.stringContaining("the hash")]);
    expect(await relay.publish({ ...event, sig: other.sig })).toEqual([false, expect.stringContaining("signature")]);
    expect(await relay.publish({ ...event, more: 1 })).toEqual([false, expect.stringMatching(/^invalid: /)]);
    const stranger = await signed({}, new Uint8Array(32).fill(1));
    expect(await relay.publish(stranger)).toEqual([false, expect.stringMatching(/^restricted: /)]);
    expect(relay.timeline.all()).toEqual([]);
  });

  test("keeps the newest version of an article", async () => {
    const relay = aRelay();
    const version = (created_at: number, content: string) =>
      signed({ kind: 30023, created_at, content, tags: [["d", "a"]] });
    const [old, first, last] = [await version(now - 1, "0"), await version(now, "1"), await version(now + 1, "2")];
    expect(await relay.publish(first)).toEqual([true, ""]);
    expect(await relay.publish(old)).toEqual([true, expect.stringMatching(/^duplicate: /)]);
    expect(await relay.publish(last)).toEqual([true, ""]);
    expect(await relay.find({ kinds: [30023], "#d": ["a"] })).toEqual([last, "EOSE"]);
  });

  test("deletes what its author asks for, and does not take it again", async () => {
    const relay = aRelay();
    const note = await signed({});
    const article = await signed({ kind: 30023, tags: [["d", "a"]] });
    await relay.publish(note);
    await relay.publish(article);
    const before = [["a", `30023:${article.pubkey}:a`]];
    await relay.publish(await signed({ kind: 5, content: "", tags: before, created_at: now - 1 }));
    expect(await relay.find({})).toHaveLength(3);
    await relay.publish(await signed({ kind: 5, content: "", tags: [...before, ["e", note.id]] }));
    expect(await relay.find({})).toEqual(["EOSE"]);
    expect(await relay.publish(note)).toEqual([false, expect.stringMatching(/^deleted: /)]);
    expect(await relay.publish(article)).toEqual([false, expect.stringMatching(/^deleted: /)]);
  });

  test("says so where a message is none", async () => {
    const relay = aRelay();
    for (const body of ["", "{}", '["EVENT"]', '["CLOSE","a"]'])
      expect(await relay.send(body)).toEqual([["NOTICE", expect.stringMatching(/^invalid: /)]]);
  });
});
