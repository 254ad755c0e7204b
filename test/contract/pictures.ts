import { createHash } from "node:crypto";
import { describe, expect } from "vitest";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import type { Picture } from "../../src/domain/picture.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import type { Connection } from "../../src/ports/networks.ts";
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

/** Rules for the picture of a post, for a network that accepts one from us. */
export const pictureContract = (network: DefinedNetwork, server: TestServer, label: string): void => {
  const settings = takesSettings(network, { image: true }) ? { image: true } : {};

  describe(`${label} on ${server.name} keeps the contract of pictures`, () => {
    const context = contractContext(network, server, "picture", { label, settings });
    const { aPost, copiesOf } = makeSender(network, context);
    const { rule, connect } = context;

    const connectWith = (stored: Buffer | undefined): Connection => connect({ readPicture: async () => stored });
    const sendAll = async (post: ReturnType<typeof aPost>, by: Connection): Promise<Outcome> => {
      let progress: StoredRequest | undefined;
      for (let steps = 0; steps < 5; steps += 1) {
        const outcome = await by.send(post.request, post.key, noDeadline(), progress);
        if (outcome.kind !== "progressed") return outcome;
        progress = outcome.progress;
      }
      throw new Error("it needs too many requests");
    };
    const shownOf = async (post: ReturnType<typeof aPost>) => {
      const [copy, ...others] = await copiesOf(post);
      expect(others).toEqual([]);
      if (copy?.picture === undefined) return undefined;
      // Some servers close a connection without saying so.
      const shown = await fetch(copy.picture.url, { headers: { connection: "close" } });
      return { alt: copy.picture.alt, bytes: Buffer.from(await shown.arrayBuffer()) };
    };
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
  });
};
