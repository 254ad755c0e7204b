import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nostr } from "../../src/networks/nostr.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import { fetchFromRelay as ask, eventsOn, type NostrRelay, startNostrRelay } from "./nostr-relay.ts";

// NIP-19, "Bare keys and ids".
const secret = { secretKey: "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5" };
const pubkey = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e";

describe("a relay that others have written", () => {
  let relay: NostrRelay;
  beforeAll(async () => {
    relay = await startNostrRelay();
  }, 600_000);
  afterAll(() => relay.close());

  const accountWith = (format: string) =>
    aConfiguredAccount({ network: "nostr", settings: { relays: [relay.url], format } });
  const connect = (format: string, now = start) =>
    connectionOf(nostr.connect({ account: accountWith(format), secret, fetch: ask, clock: () => now }));
  const requestOf = (format: string, snippet = {}) => nostr.compose(aSnippet(snippet), accountWith(format)).request;
  const send = async (format: string, key: string, request = requestOf(format)) => {
    const sent = await connect(format).send(request, key, noDeadline());
    if (sent.kind !== "posted") throw new Error(JSON.stringify(sent));
    return sent.remote;
  };
  /** Returns the author's events as any client sees them. */
  const seen = async (kind: number) =>
    (await eventsOn(relay)).filter((event) => event.kind === kind && event.pubkey === pubkey);

  test("knows whose key it is", async () => {
    const id = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
    expect(await connect("note").whoAmI(noDeadline())).toMatchObject({ kind: "identity", id });
  });

  test("takes the id and the signature of a note, keeps it once, and is asked for it", async () => {
    const request = requestOf("note");
    const sought = { request, key: "k", url: "https://blog.example.com/a-hundred-feeds/", since: start };
    expect(await connect("note").find?.(sought, noDeadline())).toEqual([]);
    const remote = await send("note", "k");
    expect(await send("note", "k")).toEqual(remote);
    expect(await seen(1)).toMatchObject([{ id: remote.id, pubkey, content: request.content }]);
    expect(await connect("note").find?.(sought, noDeadline())).toMatchObject([{ remote, isSame: true, madeAt: start }]);
  });

  test.each(['日本語 👩‍👩‍👧‍👦 \u2028\u2029\u007f \\ " / é', "A\ttab and\r\nlines", "</script>&amp;"])(
    "takes the id of a note with %j",
    async (text) => {
      const remote = await send("note", "k", requestOf("note", { text }));
      expect(remote.id).toMatch(/^[0-9a-f]{64}$/);
    },
  );

  test("takes a note with the addresses of four pictures, and what each of them shows (NIP-92)", async () => {
    const images = ["one", "two", "three", "four"].map((name) => ({
      url: `https://blog.example.com/${name}.jpg`,
      alt: `Press ${name}, "oiled"`,
    }));
    const text = "Four presses.";
    const remote = await send("note", "k", requestOf("note", { text, images, tags: [], isNote: true }));
    const event = (await seen(1)).find(({ id }) => id === remote.id);
    expect(event?.content).toMatch(/^Four presses\./);
    expect(event?.tags).toEqual(
      expect.arrayContaining(images.map(({ url, alt }) => ["imeta", `url ${url}`, `alt ${alt}`])),
    );
  });

  test("refuses a note that was changed on its way", async () => {
    const connection = connectionOf(
      nostr.connect({
        account: accountWith("note"),
        secret,
        fetch: (url, init) => ask(url, { ...init, body: String(init.body).replace("hundred", "thousand") }),
        clock: () => start,
      }),
    );
    const request = requestOf("note", { text: "A hundred words." });
    expect(await connection.send(request, "k", noDeadline())).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("invalid: "),
    });
  });

  test("deletes a note, and is not asked again", async () => {
    const remote = await send("note", "k", requestOf("note", { text: "To be deleted." }));
    expect(await connect("note").remove?.(remote, noDeadline())).toEqual({ kind: "done" });
    expect((await seen(1)).filter(({ content }) => content.startsWith("To be deleted."))).toEqual([]);
    expect(await connect("note").remove?.(remote, noDeadline())).toEqual({ kind: "done" });
  });

  test("replaces an article by its edit, deletes it, and brings nothing back", async () => {
    const content = (words: string) => ({ content: aContent({ html: `<p>${words}</p>` }) });
    const remote = await send("article", "5eed-1", requestOf("article", content("First.")));
    expect(await send("article", "5eed-1", requestOf("article", content("First.")))).toEqual(remote);
    const edit = () => connect("article").edit?.(remote, requestOf("article", content("Second.")), noDeadline());
    expect(await edit()).toEqual({ kind: "done" });
    expect(await seen(30023)).toMatchObject([{ content: "Second." }]);
    // The first version comes late.
    await send("article", "5eed-1", requestOf("article", content("First.")));
    expect(await seen(30023)).toMatchObject([{ content: "Second." }]);
    const sought = {
      request: requestOf("article"),
      key: "5eed-1",
      url: "https://blog.example.com/a-hundred-feeds/",
      since: start,
    };
    expect(await connect("article").find?.(sought, noDeadline())).toMatchObject([{ remote, isSame: true }]);
    expect(await connect("article").remove?.(remote, noDeadline())).toEqual({ kind: "done" });
    expect(await edit()).toMatchObject({ kind: "missing" });
    expect(await seen(30023)).toEqual([]);
  });
});
