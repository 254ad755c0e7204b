import type { AccountText, MeasuredText } from "../../contract/deliveries.ts";
import { type Account, announces } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { type Delivery, deliveryId, type EditedText, isClaimed, parseDeliveryId } from "../../domain/delivery.ts";
import { dropText, editText } from "../../domain/delivery-commands.ts";
import { textDropped, textEdited } from "../../domain/edited-text.ts";
import { UnknownId } from "../../domain/errors.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { snippetFor } from "../../domain/snippet.ts";
import { cleanText, hasVisibleText } from "../../domain/text.ts";
import type { Network, Networks } from "../../ports/networks.ts";
import { planEarly } from "../publish/publish-post.ts";
import type { Resolved } from "../results.ts";
import { presentDelivery } from "../status/delivery-status.ts";
import { findPost } from "../status/find-post.ts";
import { readLongest } from "./account-state.ts";
import type { ActPorts } from "./act-on-deliveries.ts";
import { changeDelivery, type Decision } from "./change-delivery.ts";
import { composeShown, hashWording, previewSnippet, type Shown, tooLong } from "./desired-state.ts";

/** The text of a post for one account: of a post by its name, or of a delivery by its id. */
export interface TextTarget {
  readonly post?: string | undefined;
  readonly account?: string | undefined;
  readonly delivery?: string | undefined;
}

/** `problem`: why nothing was done. `isInvalid`: because of the text. */
export type Refused = { readonly problem: string; readonly isInvalid?: true };

interface Found {
  readonly post: Post;
  readonly account: Account;
  readonly network: Network;
  /** That of the last publication of the post. Undefined until it is planned. */
  readonly delivery: Delivery | undefined;
  readonly longest: number | undefined;
}

const findDeliveryOf = async (post: Post, account: string, { deliveries }: Pick<ActPorts, "deliveries">) =>
  (await deliveries.ofPost(post.site, post.id))
    .filter((one) => one.account === account)
    .toSorted((a, b) => a.generation - b.generation)
    .at(-1);

/** Undefined where there is no such post. */
const find = async (site: Site, target: TextTarget, ports: ActPorts): Promise<Found | Refused | undefined> => {
  const named = target.delivery === undefined ? undefined : parseDeliveryId(target.delivery);
  const exact = named && (await ports.deliveries.read({ kind: "delivery", site: site.id, ...named }));
  if (target.delivery !== undefined && exact === undefined)
    throw new UnknownId(target.delivery, ["pending", "held"], []);
  const post =
    exact === undefined ? await findPost(site, target.post ?? "", ports) : await ports.posts.read(site.id, exact.post);
  if (post === undefined) return undefined;
  const name = exact?.account ?? target.account;
  const account = ports.accounts.find((one) => one.name === name);
  const known = ports.accounts.map((one) => one.name).join(", ");
  if (account === undefined) return { problem: `there is no account ${name ?? ""}: name one of ${known}` };
  if (post.damage !== undefined) return { problem: "the post cannot be read" };
  const network = ports.networks.get(account.network);
  if (network.sendsPost?.(account) === true)
    return { problem: `${account.name} is sent the whole post: there is no text to edit` };
  const delivery = exact ?? (await findDeliveryOf(post, account.name, ports));
  const longest = await readLongest({ account, network, sandbox: delivery?.sandbox === true }, ports);
  return { post, account, network, delivery, longest };
};

const measure = (text: string, { post, account, network, longest }: Found): MeasuredText => {
  const { snippet } = previewSnippet(post, { account, network, text: { value: text } });
  const composed = network.compose(snippet, account, longest);
  const { limit, isCut, wanted, replies = [], card } = composed;
  const whole = [composed.text, ...replies.map((reply) => reply.text)].join("\n\n");
  const value = (snippet.text ?? "").normalize("NFC");
  const at = isCut || replies.length > 0 ? -1 : whole.indexOf(value);
  return {
    length: wanted,
    limit,
    over: isCut ? Math.max(1, wanted - limit) : 0,
    posts: 1 + replies.length,
    above: at < 0 ? "" : whole.slice(0, at).trim(),
    below: at < 0 ? "" : whole.slice(at + value.length).trim(),
    card: card !== undefined,
  };
};

/**
 * The text that the document gives the account, without what Crier adds: the author's own, which may be too long and is then
 * cut when it is sent, or what is sent of title and summary. A title that is in the card is not in it.
 */
const documentText = ({ post, account, network, longest }: Omit<Found, "delivery">): string => {
  const { snippet } = previewSnippet(post, { account, network, text: undefined });
  const text = snippet.text || network.compose(snippet, account, longest).wording;
  return cleanText(text).trim();
};

/** Why the text of a delivery cannot be another one. */
const whyNotEdited = (
  delivery: Delivery | undefined,
  { account, post }: Found,
  ports: ActPorts,
): string | undefined => {
  if (delivery === undefined) {
    const isPlanned = post.due !== undefined && post.gone === undefined && announces(account, post);
    return isPlanned ? undefined : `${account.name} does not announce ${postPath(post)}`;
  }
  const id = deliveryId(delivery);
  if (isClaimed(delivery)) return `${id} is being sent at this moment: its text cannot be edited any more`;
  switch (delivery.state) {
    case "pending":
    case "held":
    case "failed":
      return undefined;
    case "unsettled":
    case "unknown":
      return `${id} may be out already: its text cannot be edited any more`;
    case "cancelled":
      return `${id} is not sent: ${delivery.reason}`;
    default:
      return `${id} is out already: change its document, and ${ports.command(`status ${postPath(post)}`, post.site)} shows whether its copy is edited`;
  }
};

/** Shows the text of a post for one account, and what Crier adds to it. Undefined where there is no such post. */
export const readText = async (
  site: Site,
  target: TextTarget,
  ports: ActPorts,
): Promise<AccountText | Refused | undefined> => {
  const found = await find(site, target, ports);
  if (found === undefined || "problem" in found) return found;
  const { post, account, network, delivery } = found;
  const document = documentText(found);
  const value = delivery?.text?.value ?? document;
  const presented = delivery && (await presentDelivery(delivery, post, ports));
  const planned = composeShown(post, { ...found, text: undefined }, ports.hash);
  return {
    slug: postPath(post),
    account: account.name,
    network: network.name,
    value,
    document,
    ...measure(value, found),
    problem: whyNotEdited(delivery, found, ports),
    shown: (presented === undefined ? planned : presented.shown)?.hash,
    delivery: presented,
  };
};

/** Counts a text as the network does that it is for. Undefined where there is no such post. */
export const measureText = async (
  site: Site,
  target: TextTarget,
  text: string,
  ports: ActPorts,
): Promise<MeasuredText | Refused | undefined> => {
  const found = await find(site, target, ports);
  return found === undefined || "problem" in found ? found : measure(cleanText(text).trim(), found);
};

const characters = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "character" : "characters"}`;

/** Readers would see only the beginning of it. */
const whyTooLong = (value: string, found: Found): string | undefined => {
  const { over } = measure(value, found);
  return over > 0 ? `the text has ${characters(over)} too many for ${found.account.name}` : undefined;
};

/** Why a text is not stored. */
const whyInvalid = (text: string, value: string, found: Found): string | undefined => {
  if (cleanText(text) !== text.replaceAll(/\r\n?/g, "\n"))
    return "the text has a control character, or half of a character: remove it";
  if (!hasVisibleText(value)) return "the text is empty";
  const long = whyTooLong(value, found);
  if (long !== undefined) return long;
  const { snippet } = previewSnippet(found.post, { ...found, text: { value } });
  return tooLong(found.network.compose(snippet, found.account, found.longest));
};

interface Edit {
  readonly text: string;
  readonly ifOvertaken: EditedText["ifOvertaken"];
}

/**
 * Gives one account a text of its own, in the place of the document's. One that is equal to the document's is none: the
 * account follows its document. A delivery that is not planned yet, because the post is scheduled, is planned for that.
 * One that is too long is refused, the document's too: without an edit that is cut when it is sent. Undefined where there
 * is no such post.
 */
export const saveText = async (
  site: Site,
  target: TextTarget,
  { text, ifOvertaken }: Edit,
  decision: Decision,
  ports: ActPorts,
): Promise<Resolved | Refused | undefined> => {
  const found = await find(site, target, ports);
  if (found === undefined || "problem" in found) return found;
  const value = cleanText(text).trim();
  const isDocuments = documentText(found) === value;
  const invalid = isDocuments ? whyTooLong(value, found) : whyInvalid(text, value, found);
  if (invalid !== undefined) return { problem: invalid, isInvalid: true };
  const { account } = found;
  const problem = whyNotEdited(found.delivery, found, ports);
  if (found.delivery === undefined && problem === undefined) await planEarly(found.post, ports);
  const delivery = found.delivery ?? (await findDeliveryOf(found.post, account.name, ports));
  if (delivery === undefined)
    return { problem: problem ?? `${account.name} does not announce ${postPath(found.post)}` };
  return changeDelivery(
    delivery,
    (current, { now, post }) => {
      const over = post && hashWording(post, account, { text: { value } }, ports.hash);
      if (post === undefined || over === undefined) return "its post does not exist any more";
      const edited = { value, by: decision.by, at: now, over, ifOvertaken };
      const whyNot = whyNotEdited(current, found, ports);
      // The document may be another one since it was compared.
      const isSame = isDocuments && documentText({ ...found, post }) === value;
      const changed = isSame && whyNot === undefined ? dropText(current, now) : editText(current, edited, now);
      return changed ?? whyNot ?? "its text cannot be edited";
    },
    { ...decision, done: isDocuments ? textDropped : textEdited },
    ports,
  );
};

const whyNotDropped = (delivery: Delivery, found: Found): string | undefined => {
  const id = deliveryId(delivery);
  const { network, account } = found;
  if (delivery.text === undefined || delivery.state !== "posted") return undefined;
  return network.keepsTexts === true ? `${id} is out, and ${account.network} cannot edit it` : undefined;
};

/** The text of the document for a delivery that has an edited one, as it would go out. */
export const readDocumentShown = async (site: Site, delivery: string, ports: ActPorts): Promise<Shown | undefined> => {
  const found = await find(site, { delivery }, ports);
  return found === undefined || "problem" in found
    ? undefined
    : composeShown(found.post, { ...found, text: undefined }, ports.hash);
};

/** The text with which an account would announce a post once more. */
interface NextText {
  readonly shown: Shown;
  /** The document's, without what Crier adds. */
  readonly document: string;
  /** Its network still has an equal one, and refuses this. */
  readonly isEqual: boolean;
}

/** `deliveries`: those of the post. Undefined for an account that is sent the whole post. */
export const readNextText = async (
  post: Post,
  account: Account,
  deliveries: readonly Delivery[],
  ports: Pick<ActPorts, "hash"> & EqualPorts,
): Promise<NextText | undefined> => {
  const network = ports.networks.get(account.network);
  if (network.sendsPost?.(account) === true) return undefined;
  const sandbox = (await ports.networks.destination(account)) === "sandbox";
  const by = { account, network, longest: await readLongest({ account, network, sandbox }, ports) };
  const own = deliveries.filter((one) => one.account === account.name);
  return {
    shown: composeShown(post, { ...by, text: undefined }, ports.hash),
    document: documentText({ post, ...by }),
    isEqual: await refusesEqual(account, post, { deliveries: own, inSandbox: true }, ports),
  };
};

interface NewText {
  readonly text: string;
  readonly by: string | undefined;
}

/**
 * Checks a text for the next announcement of a post on an account. `text` is undefined where it is the document's.
 * Undefined where there is no such post.
 */
export const readNewText = async (
  site: Site,
  target: TextTarget,
  { text, by }: NewText,
  ports: ActPorts,
): Promise<Refused | { readonly text: EditedText | undefined } | undefined> => {
  const found = await find(site, target, ports);
  if (found === undefined || "problem" in found) return found;
  const value = cleanText(text).trim();
  if (documentText(found) === value) return { text: undefined };
  const problem = whyInvalid(text, value, found);
  if (problem !== undefined) return { problem, isInvalid: true };
  const over = hashWording(found.post, found.account, { text: { value } }, ports.hash) ?? "";
  return { text: { value, by, at: ports.clock(), over, ifOvertaken: "ask" } };
};

/**
 * Gives one account the text of the document again. A copy that has an edited text is edited. `read`: the hash of the
 * document's text that the person has read, who approves it by this. Undefined where there is no such post.
 */
export const useDocumentText = async (
  site: Site,
  target: TextTarget,
  decision: Decision,
  ports: ActPorts,
  read?: string,
): Promise<Resolved | Refused | undefined> => {
  const found = await find(site, target, ports);
  if (found === undefined || "problem" in found) return found;
  const { delivery, account } = found;
  if (delivery === undefined) return { problem: `the text for ${account.name} is that of the document` };
  return changeDelivery(
    delivery,
    (current, { now, post }) => {
      if (read !== undefined && (post && composeShown(post, { ...found, text: undefined }, ports.hash).hash) !== read)
        return `the document says something else to ${account.name} now: read it, and decide again`;
      const dropped = dropText(current, now, account.approve === true ? read : undefined);
      return (
        whyNotDropped(current, found) ??
        dropped ??
        `a request of ${deliveryId(current)} is under way, or it is not sent any more`
      );
    },
    { ...decision, done: textDropped },
    ports,
  );
};

interface EqualPorts extends Pick<ActPorts, "accountStates" | "clock"> {
  readonly networks: Pick<Networks, "get" | "destination">;
}

interface Another {
  /** Those of the account before. */
  readonly deliveries: readonly Delivery[];
  readonly text?: Pick<EditedText, "value"> | undefined;
  /** Set if the copies in the sandbox count, and no others, for an account that is there. */
  readonly inSandbox?: boolean;
}

/** True where the network still refuses the text that the account has sent there before. */
export const refusesEqual = async (
  account: Account,
  post: Post,
  { deliveries, text, inSandbox }: Another,
  { networks, accountStates, clock }: EqualPorts,
): Promise<boolean> => {
  const network = networks.get(account.network);
  if (network.offers !== "refuse") return false;
  const isShown = inSandbox === true && (await networks.destination(account)) === "sandbox";
  const longest = await readLongest({ account, network, sandbox: isShown }, { accountStates });
  return deliveries.some(({ sent, sandbox }) => {
    if (sent === undefined || sandbox !== isShown || network.offersTo?.(sent.request) === "none") return false;
    if (clock() >= sent.lastSentAt + (network.remembersFor ?? Number.POSITIVE_INFINITY)) return false;
    const { request } = network.compose(snippetFor(post, account, sent.firstSentAt, [], text?.value), account, longest);
    return canonicalJson(request) === canonicalJson(sent.request);
  });
};
