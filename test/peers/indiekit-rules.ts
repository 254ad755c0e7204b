import { afterAll, beforeAll, describe, expect } from "vitest";
import type { StoredRequest } from "../../src/domain/delivery.ts";
import { micropub } from "../../src/networks/micropub.ts";
import { rulesFor } from "../contract/rules.ts";
import { networkFetch } from "../contract/server.ts";
import { aConfiguredAccount, connectionOf, nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import { type FaultProxy, faultProxy } from "./fault-proxy.ts";
import { type Indiekit, postsOn } from "./indiekit.ts";

/** Rules for what only Micropub does, as Indiekit judges them. */
export const entryRules = (server: string, indiekit: () => Indiekit): void => {
  const rule = rulesFor(server, {});

  describe("a post on Indiekit", () => {
    let proxy: FaultProxy;
    let count = 1000;
    beforeAll(async () => {
      proxy = await faultProxy(indiekit().url, ({ method }) => method === "POST");
    });
    afterAll(() => proxy?.close());

    const account = () => aConfiguredAccount({ network: "micropub", settings: { endpoint: `${proxy.url}/micropub` } });
    const connection = () =>
      connectionOf(
        micropub.connect({
          account: account(),
          secret: { accessToken: indiekit().token },
          fetch: networkFetch,
          clock: Date.now,
        }),
      );
    const composed = (text: string, images: readonly { readonly url: string; readonly alt: string }[] = []) =>
      micropub.compose(aSnippet({ text, images, isGallery: images.length > 0 }), account()).request;
    const send = async (request: StoredRequest, key = nthKey(micropub, count)) => {
      count += 1;
      const outcome = await connection().send(request, key, noDeadline());
      if (outcome.kind !== "posted") throw new Error(JSON.stringify(outcome));
      return outcome.remote;
    };
    const shown = () => postsOn(indiekit()).filter(({ request }) => JSON.stringify(request).includes(`of ${count}`));
    const picture = { url: "https://blog.example.com/a.jpg", alt: 'A "boat"' };

    rule("a text with the signs of a form is there as it was sent", [], async () => {
      const text = `100% + 1 of ${count + 1}, and Array<string>`;
      await send(composed(text));
      expect(shown()).toMatchObject([{ text: expect.stringContaining(text) }]);
    });

    rule("a request that is sent again is one post", [], async () => {
      const key = nthKey(micropub, count);
      const request = composed(`One of ${count + 2}`);
      expect(await send(request, key)).toEqual(await send(request, key));
      expect(shown()).toHaveLength(1);
    });

    rule("pictures are there with their alternative texts, and an edit changes them", [], async () => {
      const text = `Pictures of ${count + 1}`;
      const remote = await send(composed(text, [picture, { ...picture, alt: "Two" }]));
      expect(shown()[0]?.request).toMatchObject({
        photo: [
          { url: picture.url, alt: 'A "boat"' },
          { url: picture.url, alt: "Two" },
        ],
      });
      expect(await connection().edit?.(remote, composed(text, [picture]), noDeadline())).toEqual({ kind: "done" });
      expect(JSON.stringify(shown()[0]?.request)).toContain(picture.url);
      expect(JSON.stringify(shown()[0]?.request)).not.toContain("Two");
    });

    rule("an edit that moves a post says where it is, and what follows goes there", [], async () => {
      const text = `Moved of ${count + 1}`;
      const remote = await send(composed(text, [picture]));
      expect(remote.url).toContain("/photos/");
      const url = remote.url?.replace("/photos/", "/notes/") ?? "";
      const moved = { id: url, url, public: true };
      expect(await connection().edit?.(remote, composed(text), noDeadline())).toEqual({ kind: "done", remote: moved });
      expect(await connection().edit?.(moved, composed(`${text}, again`), noDeadline())).toEqual({ kind: "done" });
      expect(shown()).toMatchObject([{ url, text: expect.stringContaining("again") }]);
      expect(await connection().remove?.(moved, noDeadline())).toEqual({ kind: "done" });
      expect(shown()).toEqual([]);
    });

    rule("a post that an edit without an answer has moved is found, edited and deleted", [], async () => {
      const text = `Lost of ${count + 1}`;
      const remote = await send(composed(text, [picture]));
      proxy.fault("reset-after");
      expect(await connection().edit?.(remote, composed(text), noDeadline())).toMatchObject({ kind: "unanswered" });
      expect(await connection().edit?.(remote, composed(`${text}, again`), noDeadline())).toMatchObject({
        kind: "done",
        remote: { url: expect.stringContaining("/notes/") },
      });
      expect(shown()).toMatchObject([{ text: expect.stringContaining("again") }]);
      expect(await connection().remove?.(remote, noDeadline())).toMatchObject({ kind: "done" });
      expect(shown()).toEqual([]);
    });

    rule("categories are those of the post, and an edit takes away the last one", [], async () => {
      const request = composed(`Categories of ${count + 1}`);
      const remote = await send({ ...request, category: ["Open Web"] });
      const categories = () => JSON.stringify(Object(shown()[0]?.request).category ?? null);
      expect(categories()).toContain("Open Web");
      expect(await connection().edit?.(remote, request, noDeadline())).toEqual({ kind: "done" });
      expect(categories()).toBe("null");
    });

    rule("a token that may not edit is refused, with what it lacks", [], async () => {
      const request = composed(`Scopes of ${count + 1}`);
      const remote = await send(request);
      indiekit().scope = "create";
      const outcome = await connection().edit?.(remote, composed("Other"), noDeadline());
      indiekit().scope = "create update delete";
      expect(outcome).toEqual({
        kind: "unauthorised",
        reason: 'Micropub answered 403: insufficient_scope: ForbiddenError.insufficientScope ""',
      });
    });
  });
};
