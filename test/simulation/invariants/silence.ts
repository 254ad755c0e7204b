import { type Delivery, deliveryId, type StoredRequest } from "../../../src/domain/delivery.ts";
import { isLive } from "../../../src/domain/feed.ts";
import { canonicalJson } from "../../../src/domain/json-value.ts";
import { type Post, picturesOf } from "../../../src/domain/post.ts";
import { type PreparedImage, snippetFor } from "../../../src/domain/snippet.ts";
import { networks } from "../../../src/networks/index.ts";
import { withoutPicture } from "../network/network-model.ts";
import type { SimulatedSite } from "../world.ts";
import type { Pair } from "./rows-of-world.ts";

const lacksReason = ({ reason }: Delivery): boolean => reason === undefined || reason === "";

/**
 * If a document is the one that was sent, the date of its last change edits no copy (decision 31): it was edited, and
 * edited back.
 */
const withoutDate = (request: StoredRequest | undefined): string => {
  const { date_modified: _, ...rest } = withoutPicture(request);
  return canonicalJson(rest);
};

const withDate = (request: StoredRequest | undefined): string => canonicalJson(withoutPicture(request));

const preparedPictures = (post: Post, { pictures, scheduler }: SimulatedSite): readonly PreparedImage[] =>
  picturesOf(post).flatMap((image) => {
    const picture = pictures.find(image.url, scheduler.now)?.pictures[0]?.picture;
    return picture === undefined ? [] : [{ ...picture, image }];
  });

/**
 * A copy that is desired and missing, or present and not desired, must have a reason that a person can read. It must
 * also have an alarm if nothing will follow.
 */
export const checkSilence = ({ post, account: name, rows }: Pair, world: SimulatedSite): void => {
  const { violate, alarms, configured, scheduler } = world;
  const account = configured.accounts.find((one) => one.account.name === name)?.account;
  const live = isLive(post, scheduler.now);
  const isAlarmed = (row: Delivery): boolean => alarms.some(({ delivery }) => delivery === deliveryId(row));
  for (const row of rows) {
    const id = `${post.slug} on ${name} (${deliveryId(row)})`;
    if (row.state === "posted") {
      if (live && row.unfinished !== undefined && !isAlarmed(row))
        violate(`SILENT: ${id} is unfinished without an alarm`);
      if (row.stale && lacksReason(row)) violate(`SILENT: ${id} is stale without a reason`);
      if (!live && !row.stale) violate(`SILENT: ${id} is posted, its post is not public, and it is not stale`);
      if (live && !row.stale && account?.network === row.network && account !== undefined) {
        const network = networks.find((one) => one.name === row.network);
        // Whether a picture was there in time changes what is around it: the pictures of a note take the place of a card.
        const requests = [preparedPictures(post, world), []].map((pictures) => {
          const snippet = snippetFor(post, account, row.sent.firstSentAt, pictures, row.text?.value);
          return network?.compose(snippet, account).request;
        });
        const compared = row.sent.document === post.hash ? withoutDate : withDate;
        if (!requests.map(compared).includes(compared(row.sent.request)))
          violate(`SILENT: ${id} differs from its post, and is not stale`);
      }
      continue;
    }
    if (live && lacksReason(row)) violate(`SILENT: ${id} is ${row.state} without a reason`);
    if ((row.state === "failed" || row.state === "unknown") && !isAlarmed(row))
      violate(`SILENT: ${id} is ${row.state} without an alarm`);
    if (row.state === "pending" && row.due === undefined) violate(`SILENT: ${id} waits for nothing`);
  }
};

/** Every account that a post is for has a delivery of it. */
export const checkLost = async ({ site, truth, violate, configured, scheduler }: SimulatedSite): Promise<void> => {
  for (const post of (await truth.posts.newest(site.id)).rows) {
    if (!isLive(post, scheduler.now)) continue;
    const rows = await truth.deliveries.ofPost(site.id, post.id);
    if (post.audience === undefined) violate(`LOST: nobody decided who ${post.slug} is for`);
    for (const name of post.audience?.accounts ?? []) {
      const isConfigured = configured.accounts.some(({ account }) => account.name === name);
      const isPlanned = rows.some(({ account, generation }) => account === name && generation === post.generation);
      if (isConfigured && !isPlanned) violate(`LOST: ${post.slug} is for ${name} and has no delivery`);
    }
  }
};
