import { createHash } from "node:crypto";
import { describe, expect } from "vitest";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import type { Picture } from "../../src/domain/picture.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { makePng } from "../pictures/files.ts";
import { aContent, start } from "../support/builders.ts";
import { takesSettings } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { contractContext } from "./context.ts";
import { makeSender } from "./sender.ts";
import type { TestServer } from "./server.ts";

/** A PNG of one red pixel. */
const bytes = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
  "base64",
);
const pictureOf = (stored: Buffer): Picture => ({
  hash: createHash("sha256").update(stored).digest("hex"),
  mediaType: "image/png",
  size: stored.length,
  width: 1,
  height: 1,
});
const picture = pictureOf(bytes);
const alt = "A hand press in a cellar";
const image = { url: "https://blog.example.com/press.png", alt };

/** Four pictures of a note. Each has other bytes. */
const gallery = [1, 2, 3, 4].map((number) => {
  const file = makePng(number, 1);
  const shown = { url: `https://blog.example.com/${number}.png`, alt: `Picture ${number}` };
  return { file, picture: { ...pictureOf(file), width: number, image: shown } };
});
const galleryPictures = (count: number) => gallery.slice(0, count).map((one) => one.picture);

/** Rules for the picture of a post, for a network that accepts one from us. */
export const pictureContract = (network: DefinedNetwork, server: TestServer, label: string): void => {
  const settings = takesSettings(network, { image: true }) ? { image: true } : {};

  describe(`${label} on ${server.name} keeps the contract of pictures`, () => {
    const context = contractContext(network, server, "picture", { label, settings });
    const { aPost, copiesOf } = makeSender(network, context);
    const { rule, connect } = context;

    const connectWith = (stored: Buffer | undefined): Connection => connect({ readPicture: async () => stored });
    /** A note that is found by the link that its author wrote. */
    const aNote = (pictures: ReturnType<typeof galleryPictures>, words = "Four presses") => {
      const images = pictures.map((one) => one.image);
      const text = `${words}: https://blog.example.com/post-${context.count()}/`;
      return aPost({ isNote: true, text, content: aContent({ isNote: true, images }), images, pictures });
    };
    /** An article whose body shows the pictures, of an account with `images: all`. */
    const anArticle = (pictures: ReturnType<typeof galleryPictures>, words = "An article") => {
      const tags = pictures.map(({ image: { url, alt } }) => `<p><img src="${url}" alt="${alt}"></p>`);
      const content = aContent({ html: `<p>Words.</p>${tags.join("")}` });
      const { images, isGallery } = snippetFor(content, { name: "me", network: network.name, images: "all" }, start);
      const text = `${words} with pictures`;
      return aPost({ text, content, images, isGallery, pictures });
    };
    const withGallery = (): Connection =>
      connect({ readPicture: async ({ hash }) => gallery.find((one) => one.picture.hash === hash)?.file });
    const sendAll = async (post: ReturnType<typeof aPost>, by: Connection): Promise<Outcome> => {
      let progress: StoredRequest | undefined;
      for (let steps = 0; steps < 10; steps += 1) {
        const outcome = await by.send(post.request, post.key, noDeadline(), progress);
        if (outcome.kind !== "progressed") return outcome;
        progress = outcome.progress;
      }
      throw new Error("it needs too many requests");
    };
    const galleryOf = async (post: ReturnType<typeof aPost>) => {
      const [copy, ...others] = await copiesOf(post);
      expect(others).toEqual([]);
      const shown = [];
      for (const { url, alt: described } of copy?.pictures ?? []) {
        // Some servers close a connection without saying so.
        const response = await fetch(url, { headers: { connection: "close" } });
        shown.push({ alt: described, bytes: Buffer.from(await response.arrayBuffer()) });
      }
      return shown;
    };
    const shownOf = async (post: ReturnType<typeof aPost>) => (await galleryOf(post))[0];
    const filesOf = (all: typeof gallery) =>
      all.map(({ file, picture: { image: shown } }) => ({ alt: shown.alt, bytes: file }));
    /** Returns the alternative text, if the network has one. */
    const altIn = ({ request }: ReturnType<typeof aPost>) => (JSON.stringify(request).includes(alt) ? alt : "");

    rule("a picture is there with its post, byte for byte, with its alternative text", ["picture"], async () => {
      const post = aPost({ picture, image });
      expect(await sendAll(post, connectWith(bytes))).toMatchObject({ kind: "posted" });
      expect(await shownOf(post)).toEqual({ alt: altIn(post), bytes });
    });

    rule("a post with a picture that is sent again is one post with it", ["picture", "once"], async () => {
      const post = aPost({ picture, image });
      for (let time = 0; time < 2; time += 1)
        expect(["posted", "duplicate"]).toContain((await sendAll(post, connectWith(bytes))).kind);
      expect(await shownOf(post)).toMatchObject({ bytes });
    });

    rule("an edit keeps the picture", ["picture", "edit"], async () => {
      const post = aPost({ picture, image });
      const by = connectWith(bytes);
      const outcome = await sendAll(post, by);
      if (outcome.kind !== "posted") throw new Error(`it was not sent: ${JSON.stringify(outcome)}`);
      const { request } = aPost({ picture, image, text: "Corrected." });
      expect(await by.edit?.(outcome.remote, request, noDeadline())).toEqual({ kind: "done" });
      expect(await copiesOf(post)).toMatchObject([{ text: expect.stringContaining("Corrected.") }]);
      expect(await shownOf(post)).toEqual({ alt: altIn(post), bytes });
    });

    rule("a post goes out without its picture where the bytes are lost", ["picture"], async () => {
      // The server must not have this picture from another post.
      const post = aPost({ picture: pictureOf(Buffer.from("lost")), image });
      expect(await sendAll(post, connectWith(undefined))).toMatchObject({ kind: "posted" });
      expect(await copiesOf(post)).toHaveLength(1);
      expect(await shownOf(post)).toBeUndefined();
    });

    for (const count of [1, 2, 3, 4])
      rule(
        `a note with ${count} of four pictures has them in their order, with their alternative texts`,
        ["picture"],
        async () => {
          const post = aNote(galleryPictures(count));
          expect(await sendAll(post, withGallery())).toMatchObject({ kind: "posted" });
          expect(await galleryOf(post)).toEqual(filesOf(gallery.slice(0, count)));
        },
      );

    rule("a note keeps its pictures in an edit", ["picture", "edit"], async () => {
      const post = aNote(galleryPictures(4));
      const outcome = await sendAll(post, withGallery());
      if (outcome.kind !== "posted") throw new Error(`it was not sent: ${JSON.stringify(outcome)}`);
      const { request } = aNote(galleryPictures(4), "Corrected");
      expect(await withGallery().edit?.(outcome.remote, request, noDeadline())).toEqual({ kind: "done" });
      expect(await galleryOf(post)).toEqual(filesOf(gallery));
    });

    for (const count of [2, 3, 4])
      rule(
        `an article with ${count} pictures has them with what they show, also after an edit`,
        ["picture", "edit"],
        async () => {
          const post = anArticle(galleryPictures(count));
          const outcome = await sendAll(post, withGallery());
          if (outcome.kind !== "posted") throw new Error(`it was not sent: ${JSON.stringify(outcome)}`);
          expect(await galleryOf(post)).toEqual(filesOf(gallery.slice(0, count)));
          const { request } = anArticle(galleryPictures(count), "Corrected");
          expect(await withGallery().edit?.(outcome.remote, request, noDeadline())).toEqual({ kind: "done" });
          expect(await copiesOf(post)).toMatchObject([{ text: expect.stringContaining("Corrected") }]);
          expect(await galleryOf(post)).toEqual(filesOf(gallery.slice(0, count)));
        },
      );

    rule("a note goes out without the one picture whose bytes are lost", ["picture"], async () => {
      const image = { url: "https://blog.example.com/lost.png", alt: "Lost" };
      const lost = { ...pictureOf(Buffer.from("lost, too")), image };
      const post = aNote([...galleryPictures(1), lost, ...galleryPictures(2).slice(1)]);
      expect(await sendAll(post, withGallery())).toMatchObject({ kind: "posted" });
      expect(await galleryOf(post)).toEqual(filesOf(gallery.slice(0, 2)));
    });
  });
};
