import { createHash } from "node:crypto";
import { beforeAll, describe, expect } from "vitest";
import * as z from "zod";
import type { Picture } from "../../src/domain/picture.ts";
import { hour, iso } from "../../src/domain/time.ts";
import { bluesky } from "../../src/networks/bluesky.ts";
import { cidOfBlob } from "../../src/networks/bluesky-blob.ts";
import { rulesFor } from "../contract/rules.ts";
import { pngOf } from "../pictures/files.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, nthKey } from "../support/configured-account.ts";
import { aSnippet } from "../support/snippets.ts";
import { type Pds, type PdsAccount, recordsOf } from "./pds.ts";

const soon = () => AbortSignal.timeout(20_000);

const withFacets = z.object({
  text: z.string(),
  facets: z.array(z.object({ index: z.object({ byteStart: z.int(), byteEnd: z.int() }) })),
});

/** What a record's facets cover in its text. */
const coveredIn = (record: unknown): readonly string[] => {
  const { text, facets } = withFacets.parse(record);
  const bytes = Buffer.from(text);
  return facets.map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString("utf8"));
};

/** What is special about Bluesky, as its personal data server judges it. */
export const recordRules = (server: string, pds: () => Pds): void => {
  const rule = rulesFor(server, {});

  describe("a record of Bluesky", () => {
    let own: PdsAccount;
    let count = 0;
    const asked: { readonly method: string; readonly status: number; readonly body: string }[] = [];
    const account = () => aConfiguredAccount({ network: "bluesky", settings: { server: pds().url } });
    const listen = async (url: string, init: RequestInit): Promise<Response> => {
      const response = await fetch(url, init);
      const method = new URL(url).pathname.split(".").at(-1) ?? "";
      asked.push({ method, status: response.status, body: await response.clone().text() });
      return response;
    };
    let connection: ReturnType<typeof connectionOf>;
    let bytes: Uint8Array = Buffer.alloc(0);
    beforeAll(async () => {
      own = await pds().addAccount();
      const readPicture = async () => bytes;
      const login = { account: account(), secret: own.secret, fetch: listen, clock: Date.now, readPicture };
      connection = connectionOf(bluesky.connect(login));
    });

    const requestOf = (snippet: Parameters<typeof aSnippet>[0] = {}) =>
      bluesky.compose(aSnippet(snippet), account()).request;
    const send = async (request: ReturnType<typeof requestOf>) => {
      count += 1;
      const outcome = await connection.send(request, nthKey(bluesky, count), soon());
      const { uri, value } = (await recordsOf(pds(), own.did)).at(-1) ?? {};
      return { outcome, uri, value };
    };
    /** Of a record that no adapter made. */
    const put = async (fields: object): Promise<string> => {
      const { outcome } = await send({ $type: "app.bsky.feed.post", createdAt: iso(start), ...fields });
      return outcome.kind;
    };

    rule("a record is read back as it was sent", [], async () => {
      const request = requestOf({ text: "日本語 👩‍👩‍👧‍👦 é", tags: ["#機械学習", "#OpenWeb"], language: "pt-BR" });
      const { outcome, value } = await send(request);
      expect(outcome.kind).toBe("posted");
      expect(value).toEqual(request);
    });

    rule("its facets cover the links and hashtags of the stored text, in bytes", [], async () => {
      const text = "日本語 👩‍👩‍👧‍👦 é: https://other.example.com/a を見て (https://b.example/x_(y))";
      const { value } = await send(requestOf({ text, tags: ["#機械学習", "#OpenWeb"] }));
      expect(coveredIn(value)).toEqual([
        "https://other.example.com/a",
        "https://b.example/x_(y)",
        "blog.example.com/a-hundred…",
        "#機械学習",
        "#OpenWeb",
      ]);
    });

    rule(
      "a facet outside of the text is not refused: the server does not look at it, the sandbox does",
      [],
      async () => {
        const link = { $type: "app.bsky.richtext.facet#link", uri: "https://blog.example.com/" };
        expect(await put({ text: "Words", facets: [{ index: { byteStart: 3, byteEnd: 99 }, features: [link] }] })).toBe(
          "posted",
        );
      },
    );

    rule("300 graphemes and 3,000 bytes are taken, and one more of each is refused", [], async () => {
      // 25 bytes each.
      const families = "👩‍👩‍👧‍👦".repeat(120);
      expect(await put({ text: "e".repeat(300) })).toBe("posted");
      expect(await put({ text: "e".repeat(301) })).toBe("rejected");
      expect(await put({ text: families })).toBe("posted");
      expect(await put({ text: `${families}e` })).toBe("rejected");
    });

    rule("the picture of a card is refused, uploaded under the id that was computed, and then taken", [], async () => {
      bytes = pngOf(40, 30);
      const hash = createHash("sha256").update(bytes).digest("hex");
      const picture: Picture = { hash, mediaType: "image/png", size: bytes.length, width: 40, height: 30 };
      asked.length = 0;
      expect((await send(requestOf({ picture }))).outcome.kind).toBe("posted");
      expect(asked.filter(({ method }) => method !== "createSession")).toMatchObject([
        { method: "putRecord", status: 400, body: expect.stringContaining("BlobNotFound") },
        { method: "uploadBlob", status: 200, body: expect.stringContaining(cidOfBlob(hash)) },
        { method: "putRecord", status: 200 },
      ]);
    });

    rule("an edit keeps the date of the first send, and is the same record", [], async () => {
      const createdAt = start - 5 * hour;
      const { outcome, uri } = await send(requestOf({ createdAt }));
      if (outcome.kind !== "posted") throw new Error(`it was not sent: ${outcome.kind}`);
      expect(await connection.edit?.(outcome.remote, requestOf({ text: "Corrected.", createdAt }), soon())).toEqual({
        kind: "done",
      });
      const records = (await recordsOf(pds(), own.did)).filter((record) => record.uri === uri);
      expect(records).toMatchObject([
        { value: { text: expect.stringMatching(/^Corrected\./), createdAt: iso(createdAt) } },
      ]);
    });
  });
};
