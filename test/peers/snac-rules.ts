import { createHash } from "node:crypto";
import { beforeAll, describe, expect } from "vitest";
import type { StoredRequest } from "../../src/domain/delivery.ts";
import type { Picture } from "../../src/domain/picture.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { rulesFor } from "../contract/rules.ts";
import { makePng } from "../pictures/files.ts";
import { aContent, aNote } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import { fetchOnce, type Snac, type SnacAccount, type Status } from "./snac.ts";

/** A queue of a server is looked into every three seconds. The wait has the limit of all tests, for a busy machine. */
const patiently = { interval: 200 };

/** Rules for the differences of Mastodon, as snac2 judges them. Other servers must receive the posts. */
export const statusRules = (server: string, snac: () => Snac, other: () => Snac): void => {
  const rule = rulesFor(server, {});
  const bytes = makePng(40, 30);
  const hash = createHash("sha256").update(bytes).digest("hex");
  const picture: Picture = { hash, mediaType: "image/png", size: bytes.length, width: 40, height: 30 };
  const image = { url: "https://blog.example.com/press.png", alt: "A hand press in a cellar" };

  describe("a status on snac2", () => {
    let own: SnacAccount;
    let count = 0;
    beforeAll(async () => {
      own = await snac().addAccount();
    });

    const accountWith = (settings: object) =>
      aConfiguredAccount({ network: "mastodon", settings: { server: snac().url, ...settings } });
    const connect = (settings: object = {}) => {
      const login = {
        secret: { accessToken: own.token },
        fetch: fetchOnce,
        clock: Date.now,
        readPicture: async () => bytes,
      };
      return connectionOf(mastodon.connect({ ...login, account: accountWith(settings) }));
    };
    const post = async (snippet: Parameters<typeof aSnippet>[0], settings: object = {}) => {
      count += 1;
      const { request } = mastodon.compose(aSnippet(snippet), accountWith(settings));
      let progress: StoredRequest | undefined;
      for (let steps = 0; steps < 3; steps += 1) {
        const outcome = await connect(settings).send(request, nthKey(mastodon, count), noDeadline(), progress);
        if (outcome.kind === "posted") return outcome.remote;
        progress = outcome.kind === "progressed" ? outcome.progress : undefined;
      }
      throw new Error("it was not sent");
    };
    /** Makes a follower on the other server. */
    const aFollower = async (): Promise<SnacAccount> => {
      const before = await own.followers();
      const reader = await other().addAccount();
      other().follow(reader, `${snac().url}/${own.name}`);
      await expect.poll(own.followers, patiently).toBe(before + 1);
      return reader;
    };
    const statusOf = async (id: string | null): Promise<Status | undefined> =>
      (await own.statuses()).find((status) => status.id === id);

    rule("it arrives at a follower on another server, with its link, picture and alternative text", [], async () => {
      const reader = await aFollower();
      const url = "https://blog.example.com/federated/";
      await post({ url, text: "For all servers: R&D, 日本語.", picture, image }, { image: true });
      const arrived = async () => (await reader.home()).find(({ content }) => content.includes(url));
      await expect.poll(arrived, patiently).toMatchObject({
        content: expect.stringContaining("For all servers: R&D, 日本語."),
        account: { acct: expect.stringContaining(own.name) },
        media_attachments: [{ description: image.alt }],
      });
    });

    rule("an edit arrives at a follower, too", [], async () => {
      const reader = await aFollower();
      const url = "https://blog.example.com/corrected/";
      const remote = await post({ url, text: "With a mistake." });
      const textsAt = async () =>
        (await reader.home()).map(({ content }) => content).filter((content) => content.includes(url));
      await expect.poll(textsAt, patiently).toEqual([expect.stringContaining("With a mistake.")]);
      const { request } = mastodon.compose(aSnippet({ url, text: "Corrected." }), accountWith({}));
      expect(await connect().edit?.(remote, request, noDeadline())).toEqual({ kind: "done" });
      await expect.poll(textsAt, patiently).toEqual([expect.stringContaining("Corrected.")]);
    });

    rule("a content warning is its summary, and it is sensitive", [], async () => {
      const social = { off: false, useSummary: false, texts: {}, contentWarning: "Spoilers", sensitive: true };
      const { id } = await post({ content: aContent({ social }) });
      expect(await statusOf(id)).toMatchObject({ spoiler_text: "Spoilers", sensitive: true });
    });

    rule("a private status is for followers, and no feed names it", [], async () => {
      const remote = await post({ text: "For followers." }, { visibility: "private" });
      expect(remote.public).toBe(false);
      // Its list of statuses has only those that are for everybody.
      expect(await statusOf(remote.id)).toBeUndefined();
    });

    rule("a note is there word for word, and is an article and a note again in the same status", [], async () => {
      const html =
        '<p>Ropes &amp; tar at the <a href="https://h.example/a">harbour</a>, 日本語.</p><p>Two<br />lines.</p>';
      const note = aNote({ html });
      const edited = aNote({ html: "<p>Ropes and no tar.</p>" });
      const article = aContent({ html, title: "Ropes of all kinds" });
      const account = accountWith({});
      const composed = (content: typeof note) => mastodon.compose(snippetFor(content, account, Date.now()), account);
      const remote = await post(snippetFor(note, account, Date.now()));
      const text = "Ropes & tar at the harbour (https://h.example/a), 日本語.\n\nTwo\nlines.";
      // The id of a status on snac2 has the second of its last change.
      const texts = async () =>
        (await own.statuses()).map((status) => status.text ?? "").filter((one) => one.includes("Ropes"));
      expect(await texts()).toEqual([text]);
      for (const content of [edited, article, note]) {
        expect(await connect().edit?.(remote, composed(content).request, noDeadline())).toEqual({ kind: "done" });
        expect(await texts()).toEqual([composed(content).text]);
      }
      expect(composed(article).text).toContain("Ropes of all kinds");
    });

    rule("without encryption it is reached on this machine alone", [], async () => {
      const isValid = (address: string) => mastodon.settings.safeParse({ server: address }).success;
      expect(isValid(snac().url)).toBe(true);
      expect(["http://192.168.0.7", "http://10.0.0.1:8001", "http://169.254.169.254"].filter(isValid)).toEqual([]);
    });
  });
};
