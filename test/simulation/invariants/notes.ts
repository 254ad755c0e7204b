import { deliveryId } from "../../../src/domain/delivery.ts";
import { isLive } from "../../../src/domain/feed.ts";
import type { Acts } from "../acts.ts";
import { nameIn, noteBody, type Written } from "../document-acts.ts";
import type { SimulatedSite } from "../world.ts";

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** The links of a note have no address in the text of these networks, or have it in another form. */
const shownAs: Readonly<Record<string, Parameters<typeof noteBody>[1]>> = {
  bluesky: "linked",
  telegram: "linked",
  linkedin: "linkedin",
  discord: "discord",
  micropub: "linked",
};

/** The text of the HTML that a network gets. */
const visible = (html: string): string =>
  html
    .replaceAll("<br>", "\n")
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** Says what a request has that its document does not say. */
const strangeIn = (
  written: Written,
  network: string,
  request: unknown,
  edited: string | undefined,
): string | undefined => {
  const texts = network === "micropub" ? textsIn(request).map(visible) : textsIn(request);
  const [name] = nameIn(texts.join("\n"));
  if (edited !== undefined) return name === edited ? undefined : `"${name}" instead of the edited "${edited}"`;
  if (name !== written.title) return `"${name}" instead of "${written.title}"`;
  // Whoever gets the whole post gets its address, too; and a long note may be cut, with its address.
  if (!written.isNote || network === "webhook" || written.sentences > 0) return undefined;
  const body = noteBody(written, shownAs[network] ?? "text");
  // An event on Nostr has the addresses of the pictures below its text.
  const isBody = (text: string): boolean =>
    text === body || (network === "nostr" && written.hasImage && text.startsWith(`${body}\n\nhttps://`));
  if (!texts.some(isBody)) return "another text than the note";
  // An event on Nostr names its page in a tag, which is not shown.
  const isLinked = network !== "nostr" && texts.some((text) => text.includes(`/${written.slug}/`));
  return isLinked ? "the link of a note that is not cut" : undefined;
};

/**
 * The copy of a note is the note, without a title and, where it is not cut, without a link; that of an article has its
 * title. An answer to another page is on no network, and what was left out because it was a note is not any more where it
 * has a title.
 */
export const checkNotes = async (
  { site, truth, violate, scheduler, copies, owners, isOfSite }: SimulatedSite,
  { living }: Acts,
): Promise<void> => {
  for (const post of (await truth.posts.newest(site.id)).rows) {
    const written = living().find(({ slug }) => slug === post.slug);
    if (written === undefined || !isLive(post, scheduler.now)) continue;
    const own = copies.filter((copy) => copy.slug === post.slug && owners.isOwn(copy) && isOfSite(copy.account));
    if (!written.wasNoAnswer && own.length > 0)
      violate(`ANSWER: ${post.slug} answers another page, and ${own[0]?.account} has posted it`);
    for (const row of await truth.deliveries.ofPost(site.id, post.id)) {
      if (row.state === "cancelled" && row.reopens && row.reason?.startsWith("it is a note") && !written.isNote)
        violate(`LOST: ${deliveryId(row)} is left out as a note, and ${post.slug} has a title`);
      if (row.state !== "posted" || row.stale) continue;
      const strange = strangeIn(written, row.network, row.sent.request, row.text?.value);
      if (strange !== undefined) violate(`NOTE: ${deliveryId(row)} of ${post.slug} has ${strange}`);
    }
  }
};
