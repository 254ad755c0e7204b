import type { Account } from "../../domain/account.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { type Picture, pictureFor } from "../../domain/picture.ts";
import type { Image, PostContent, Social } from "../../domain/post.ts";
import type { Composed, Network } from "../../ports/networks.ts";
import type { Pictures } from "../../ports/pictures.ts";
import type { PlannedPicture } from "../site-api.ts";

interface Ports {
  /** Absent: this runtime does not see them. */
  readonly pictures?: Pick<Pictures, "find">;
}

const nothing = { alt: undefined, sendsAlt: false, cap: undefined, prepared: undefined, reason: undefined } as const;

/** In the place of one that is not prepared yet. */
const anyPicture: Picture = { hash: "0".repeat(64), mediaType: "image/jpeg", size: 1, width: 1, height: 1 };

const has = ({ request }: Pick<Composed, "request">, text: string): boolean =>
  JSON.stringify(request).includes(JSON.stringify(text).slice(1, -1));

/** What is known of it without a request. */
export const planPicture = async (
  { image, social }: Pick<PostContent, "image" | "social">,
  account: Account,
  network: Network,
  compose: (picture?: Picture, image?: Image, social?: Social) => Pick<Composed, "request">,
  { pictures }: Ports,
): Promise<PlannedPicture> => {
  if (image === undefined) return { ...nothing, sent: "none", url: undefined, reason: "the document has none" };
  const { url, alt } = image;
  const cap = network.picture?.(account);
  const requestWith = (one: Image) => canonicalJson(compose(cap && anyPicture, one).request);
  const sendsAlt = (alt ?? "").trim() !== "" && requestWith(image) !== requestWith({ ...image, alt: "Another text" });
  if (cap !== undefined) {
    const record = await pictures?.find(url);
    const found = pictureFor(record, cap);
    const prepared = found && {
      mediaType: found.mediaType,
      width: found.width,
      height: found.height,
      size: found.size,
    };
    const reason = found === undefined ? record?.problem : undefined;
    return { sent: "file", url, alt, sendsAlt, cap, prepared, reason };
  }
  if (has(compose(), url)) return { ...nothing, sent: "address", url, alt, sendsAlt };
  const { contentWarning, sensitive: _, ...open } = social;
  const hidden = contentWarning === undefined ? "the post is marked as sensitive" : "the post has a content warning";
  const isHidden = has(compose(undefined, image, open), url);
  const reason = isHidden ? hidden : "a preview, where the network makes one, has the picture of the page";
  return { ...nothing, sent: "none", url, alt, reason };
};
