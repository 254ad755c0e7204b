import { createHash } from "node:crypto";
import type { PictureCap, PictureRecord } from "../../src/domain/picture.ts";
import { type Instant, minute, second } from "../../src/domain/time.ts";
import { networks } from "../../src/networks/index.ts";
import { aConfiguredAccount, takesSettings } from "../support/configured-account.ts";
import type { Random } from "./random.ts";

/** Times until a picture is ready: at once, soon, or longer than posts wait for it. */
const durations = [0, 0, 20 * second, 5 * minute];

/** The caps of all networks, for an account that attaches pictures. */
const caps: readonly PictureCap[] = networks.flatMap((network) => {
  const settings = takesSettings(network, { image: true }) ? { image: true } : {};
  return network.picture?.(aConfiguredAccount({ network: network.name, settings }), {}) ?? [];
});

/** The pictures of posts, prepared by a function of their own. */
export const simulatedPictures = (random: Random) => {
  const known = new Map<string, { readonly since: Instant; readonly readyAt: Instant }>();
  const bytes = new Map<string, Uint8Array>();
  const find = (url: string, now: Instant): PictureRecord | undefined => {
    const one = known.get(url);
    if (one === undefined) return undefined;
    const content = new TextEncoder().encode(`the picture at ${url}`);
    const hash = createHash("sha256").update(content).digest("hex");
    bytes.set(hash, content);
    const picture = { hash, mediaType: "image/png", size: content.byteLength, width: 2, height: 2 } as const;
    const pictures = now < one.readyAt ? [] : caps.map((cap) => ({ cap, picture }));
    const times = { since: one.since, next: now + 5 * second, attempts: 1 };
    return { url, pictures, problem: undefined, isFinal: false, ...times };
  };
  return {
    find,
    prepare: (url: string, now: Instant): PictureRecord | undefined => {
      if (!known.has(url)) known.set(url, { since: now, readyAt: now + random.pick(durations) });
      return find(url, now);
    },
    bytesOf: (hash: string): Uint8Array | undefined => bytes.get(hash),
  };
};

export type SimulatedPictures = ReturnType<typeof simulatedPictures>;
