import { postPath } from "../../domain/address.ts";
import { type Delivery, deliveryId, type EditedText } from "../../domain/delivery.ts";
import type { DeliveryAction } from "../../domain/delivery-commands.ts";
import { checkExpected } from "../../domain/expected-post.ts";
import { announcedAgain } from "../../domain/merge-post.ts";
import type { Site } from "../../domain/site.ts";
import { type ActPorts, actOnDelivery } from "../deliver/act-on-deliveries.ts";
import { type Refused, readNewText, saveText } from "../deliver/edit-text.ts";
import { planEarly } from "../publish/publish-post.ts";
import type { Announced } from "../results.ts";
import { findPost } from "../status/find-post.ts";
import { type AnnounceOptions, type AnnouncePorts, announce, whyNotAgain } from "./post-commands.ts";

interface TextsOptions extends Omit<AnnounceOptions, "again" | "texts"> {
  /** The texts that some of the accounts are to post, by their names. One that is equal to the document's is none. */
  readonly texts: ReadonlyMap<string, string>;
}

/** `isInvalid`: because of a text. */
type AnnouncedWith = Announced | ({ readonly result: "refused" } & Refused);

/**
 * Announces a post once more, with a text of its own on some accounts. Their deliveries are planned before the
 * announcement, with their texts, so that none goes out without its text; where the announcement is refused after that,
 * they are held. Undefined where there is no such post.
 */
export const announceWithTexts = async (
  site: Site,
  name: string,
  { texts, ...options }: TextsOptions,
  ports: AnnouncePorts & ActPorts,
): Promise<AnnouncedWith | undefined> => {
  const { by, accounts, expected } = options;
  const edited = new Map<string, EditedText>();
  for (const [account, text] of texts) {
    const read = await readNewText(site, { post: name, account }, { text, by }, ports);
    if (read === undefined) return undefined;
    if ("problem" in read) return { result: "refused", ...read };
    if (read.text !== undefined) edited.set(account, read.text);
  }
  const again = { ...options, again: true, texts: edited };
  const post = edited.size === 0 ? undefined : await findPost(site, name, ports);
  if (post === undefined) return announce(site, name, again, ports);
  checkExpected(expected, post, name);
  const problem = await whyNotAgain(post, accounts, ports, edited);
  if (problem !== undefined) return { result: "refused", problem };
  const next = announcedAgain(post, { accounts: [...edited.keys()], by }, ports.clock());
  await planEarly(next, ports, edited);
  const planned = (await ports.deliveries.ofPost(site.id, post.id)).filter(
    ({ account, generation }) => generation === next.generation && edited.has(account),
  );
  const decision = { by, seen: { version: undefined, shown: undefined } };
  const decide = async (act: DeliveryAction, all: readonly Delivery[]): Promise<void> => {
    for (const one of all) await actOnDelivery(site.id, act, deliveryId(one), decision, ports);
  };
  // They are left of an announcement that was refused.
  const held = planned.filter(({ state }) => state === "held");
  for (const one of held)
    await saveText(
      site,
      { delivery: deliveryId(one) },
      { text: edited.get(one.account)?.value ?? "", ifOvertaken: "ask" },
      decision,
      ports,
    );
  let isAnnounced = false;
  try {
    if (planned.length < edited.size)
      return {
        result: "refused",
        problem: `not all of ${[...edited.keys()].join(", ")} can post ${postPath(post)} now`,
      };
    const announced = await announce(site, name, again, ports);
    isAnnounced = announced?.result === "updated";
    return announced;
  } finally {
    await decide(isAnnounced ? "release" : "hold", isAnnounced ? held : planned);
  }
};
