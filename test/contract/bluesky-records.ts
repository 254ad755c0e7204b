import { createHash } from "node:crypto";
import { describe, expect } from "vitest";
import * as z from "zod";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import type { Picture } from "../../src/domain/picture.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { hour, iso } from "../../src/domain/time.ts";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { cidOfBlob } from "../../src/networks/bluesky/bluesky-record.ts";
import { postsIn } from "../../src/networks/thread.ts";
import { makePng } from "../pictures/files.ts";
import { aContent, aNote, start } from "../support/builders.ts";
import { nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet, type SnippetFields } from "../support/snippets.ts";
import { contractContext } from "./context.ts";
import type { TestServer } from "./server.ts";

const withFacets = z.object({
  text: z.string(),
  facets: z.array(z.object({ index: z.object({ byteStart: z.int(), byteEnd: z.int() }) })),
});

/** Returns the parts of its text that a record's facets cover. */
const coveredIn = (record: unknown): readonly string[] => {
  const { text, facets } = withFacets.parse(record);
  const bytes = Buffer.from(text);
  return facets.map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString("utf8"));
};

/** Rules for the records that Bluesky is sent: how a personal data server keeps them, and which it refuses. */
export const blueskyRecordContract = (server: TestServer): void => {
  describe(`a record of Bluesky on ${server.name}`, () => {
    const { rule, count, connect, connection, posts, account } = contractContext(bluesky, server, "record");

    const requestOf = (snippet: SnippetFields = {}) => bluesky.compose(aSnippet(snippet), account()).request;
    let sends = 0;
    const send = async (request: ReturnType<typeof requestOf>, by = connection()) => {
      sends += 1;
      const outcome = await by.send(request, nthKey(bluesky, sends), noDeadline());
      if (outcome.kind !== "posted") throw new Error(`it was not sent: ${JSON.stringify(outcome)}`);
      return outcome.remote;
    };
    const stored = async (id: string | null) => (await posts()).find((post) => post.id === id)?.request;
    /** A record that no adapter made. */
    const put = async (fields: object): Promise<string> => {
      sends += 1;
      const record = { $type: "app.bsky.feed.post", createdAt: iso(start), ...fields };
      return (await connection().send(record, nthKey(bluesky, sends), noDeadline())).kind;
    };

    rule("a record is read back as it was sent", [], async () => {
      const request = requestOf({ text: "日本語 👩‍👩‍👧‍👦 é", tags: ["#機械学習", "#OpenWeb"], language: "pt-BR" });
      const { id } = await send(request);
      expect(await stored(id)).toEqual(request);
    });

    rule("its facets cover the links and hashtags of the stored text, in bytes", [], async () => {
      const text =
        "日本語 👩‍👩‍👧‍👦 é: https://other.example.com/a を見て (https://b.example/x_(y)) と https://b.example/y を";
      const { id } = await send(requestOf({ text, tags: ["#機械学習", "#OpenWeb"] }));
      expect(coveredIn(await stored(id))).toEqual([
        "https://other.example.com/a",
        "https://b.example/x_(y)",
        "https://b.example/y",
        "blog.example.com/a-hundred…",
        "#機械学習",
        "#OpenWeb",
      ]);
    });

    rule("a facet outside of the text is refused", ["facets"], async () => {
      const link = { $type: "app.bsky.richtext.facet#link", uri: "https://blog.example.com/" };
      const facets = [{ index: { byteStart: 3, byteEnd: 99 }, features: [link] }];
      expect(await put({ text: "Words", facets })).toBe("rejected");
    });

    /** Sends the parts of a thread, of which there are three at least. `change` is applied to what each continues. */
    const sendThread = async (change = (progress: StoredRequest): StoredRequest => progress) => {
      const text = ["One", "Two", "Three"].map((name) => `${name} ${"goes on ".repeat(30)}to its end.`).join(" ");
      const { request } = bluesky.compose(aSnippet({ text }), { ...account(), settings: { thread: true } });
      sends += 1;
      const outcomes: Outcome[] = [];
      for (const _ of postsIn(request)) {
        const last = outcomes.at(-1);
        if (last !== undefined && last.kind !== "progressed") break;
        outcomes.push(
          await connection().send(request, nthKey(bluesky, sends), noDeadline(), last && change(last.progress)),
        );
      }
      return outcomes;
    };

    rule("each reply of a thread names its first post as the root, and the one before as its parent", [], async () => {
      const outcomes = await sendThread();
      const ids = outcomes.map((outcome) => ("remote" in outcome ? outcome.remote?.id : undefined)) ?? [];
      expect(ids.length).toBeGreaterThanOrEqual(3);
      for (const [index, id] of ids.entries())
        if (index > 0)
          expect(await stored(id ?? null)).toMatchObject({
            reply: { root: { uri: ids[0] }, parent: { uri: ids[index - 1] } },
          });
    });

    rule("a reply is refused that names another root than the post that it replies to", ["roots"], async () => {
      const outcomes = await sendThread((progress) => ({ ...progress, first: progress.last }));
      expect(outcomes.map(({ kind }) => kind)).toEqual(["progressed", "progressed", "rejected"]);
    });

    rule("300 graphemes and 3,000 bytes are taken, and one more of each is refused", [], async () => {
      // 25 bytes each.
      const families = "👩‍👩‍👧‍👦".repeat(120);
      expect(await put({ text: "e".repeat(300) })).toBe("posted");
      expect(await put({ text: "e".repeat(301) })).toBe("rejected");
      expect(await put({ text: families })).toBe("posted");
      expect(await put({ text: `${families}e` })).toBe("rejected");
    });

    rule("a record without a date, or with four languages, is refused", [], async () => {
      expect(await put({ text: "Words", createdAt: "yesterday" })).toBe("rejected");
      expect(await put({ text: "Words", langs: ["de", "en", "fr"] })).toBe("posted");
      expect(await put({ text: "Words", langs: ["de", "en", "fr", "ja"] })).toBe("rejected");
    });

    rule("the picture of a card is refused, uploaded under the id that was computed, and then taken", [], async () => {
      const bytes = makePng(40, 30 + count());
      const hash = createHash("sha256").update(bytes).digest("hex");
      const picture: Picture = { hash, mediaType: "image/png", size: bytes.length, width: 40, height: 30 + count() };
      const asked: { readonly method: string; readonly status: number; readonly body: string }[] = [];
      const listen = async (url: string, init: RequestInit): Promise<Response> => {
        const response = await fetch(url, init);
        const method = new URL(url).pathname.split(".").at(-1) ?? "";
        asked.push({ method, status: response.status, body: await response.clone().text() });
        return response;
      };
      await send(requestOf({ picture }), connect({ fetch: listen, readPicture: async () => bytes }));
      expect(asked.filter(({ method }) => method !== "createSession")).toMatchObject([
        { method: "putRecord", status: 400, body: expect.stringContaining("BlobNotFound") },
        { method: "uploadBlob", status: 200, body: expect.stringContaining(cidOfBlob(hash)) },
        { method: "putRecord", status: 200 },
      ]);
    });

    rule("an edit keeps the date of the first send, and is the same record", [], async () => {
      const createdAt = start - 5 * hour;
      const remote = await send(requestOf({ createdAt }));
      const corrected = requestOf({ text: "Corrected.", createdAt });
      expect(await connection().edit?.(remote, corrected, noDeadline())).toEqual({ kind: "done" });
      expect(await stored(remote.id)).toEqual(corrected);
      expect(corrected).toMatchObject({ createdAt: iso(createdAt) });
    });

    rule(
      "the facets of a note cover its words, which become an article and a note again in one record",
      [],
      async () => {
        const html =
          '<p>Früh 🌊 am <a href="https://h.example/a">Hafen 日本</a>, und <a href="https://h.example/b">spät</a>.</p>';
        const note = aNote({ html });
        const request = (content: typeof note) =>
          bluesky.compose(snippetFor(content, account(), start), account()).request;
        const remote = await send(request(note));
        expect(await stored(remote.id)).toMatchObject({ text: "Früh 🌊 am Hafen 日本, und spät." });
        expect(coveredIn(await stored(remote.id))).toEqual(["Hafen 日本", "spät"]);
        for (const content of [
          aContent({ html, title: "Am Hafen" }),
          aNote({ html: "<p>Am Hafen, später.</p>" }),
          note,
        ]) {
          expect(await connection().edit?.(remote, request(content), noDeadline())).toEqual({ kind: "done" });
          expect(await stored(remote.id)).toEqual(request(content));
        }
        expect((await posts()).filter(({ text }) => text.includes("Hafen"))).toHaveLength(1);
      },
    );
  });
};
