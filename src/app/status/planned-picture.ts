import type { Account } from "../../domain/account.ts";
import { pictureFor } from "../../domain/picture.ts";
import type { PostContent } from "../../domain/post.ts";
import type { Composed, Network } from "../../ports/networks.ts";
import type { Pictures } from "../../ports/pictures.ts";
import type { PlannedPicture } from "../site-api.ts";

interface Ports {
  /** Absent: this runtime does not see them. */
  readonly pictures?: Pick<Pictures, "find">;
}

const nothing = { alt: undefined, cap: undefined, prepared: undefined, reason: undefined } as const;

/** What is known of it without a request. */
export const planPicture = async (
  { image }: Pick<PostContent, "image">,
  account: Account,
  network: Network,
  { request }: Pick<Composed, "request">,
  { pictures }: Ports,
): Promise<PlannedPicture> => {
  if (image === undefined) return { ...nothing, sent: "none", url: undefined, reason: "the document has none" };
  const { url, alt } = image;
  const cap = network.picture?.(account);
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
    return { sent: "file", url, alt, cap, prepared, reason };
  }
  if (JSON.stringify(request).includes(JSON.stringify(url).slice(1, -1)))
    return { ...nothing, sent: "address", url, alt };
  return {
    ...nothing,
    sent: "none",
    url,
    alt,
    reason: "a preview, where the network makes one, has the picture of the page",
  };
};
