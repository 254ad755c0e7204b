import { canonicalJson } from "../../../src/domain/json-value.ts";
import { type Instant, second } from "../../../src/domain/time.ts";
import { kinds, npub, type SignedEvent, signedEvent, tagValue } from "../../../src/networks/nostr.ts";
import {
  addCopy,
  type Copy,
  type Ledger,
  type ModelRequest,
  type NetworkModel,
  parseFields,
  type Reply,
} from "./network-model.ts";

interface Held {
  readonly event: SignedEvent;
  readonly copy: Copy;
}

interface Relay {
  /** The keys are addresses. */
  readonly held: Map<string, Held>;
  /** The moment, in seconds, until which versions of an address are deleted. */
  readonly deleted: Map<string, number>;
}

/** Returns the id of a note. All versions of an article have the same address. */
const addressOf = (event: SignedEvent): string =>
  event.kind === kinds.article ? `${event.kind}:${event.pubkey}:${tagValue(event, "d")}` : event.id;

const valuesOf = ({ tags }: SignedEvent, name: string): readonly string[] =>
  tags.flatMap(([own, value]) => (own === name && value !== undefined ? [value] : []));

/** Returns the part of an event, or of its draft, that relays keep. Its name and its date are not content. */
export const contentOfEvent = ({ kind, content, tags }: Readonly<Record<string, unknown>>): string =>
  canonicalJson({ kind, content, tags: Array.isArray(tags) ? tags.filter(([name]) => name !== "d") : tags });

const meets = (event: SignedEvent, filter: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(filter).every(([name, wanted]) => {
    if (name === "limit") return true;
    if (name === "since") return event.created_at >= Number(wanted);
    const own = { ids: event.id, kinds: event.kind, authors: event.pubkey }[name] ?? tagValue(event, name.slice(1));
    return Array.isArray(wanted) && wanted.includes(own);
  });

/**
 * Relays of Nostr, each with what it was given. An event is a copy as long as one of them has it, and says what all of
 * them say.
 */
export const nostrModel = (ledger: Ledger): NetworkModel => {
  const relays = new Map<string, Relay>();
  const relayAt = ({ host }: URL): Relay => {
    const found = relays.get(host) ?? { held: new Map(), deleted: new Map() };
    relays.set(host, found);
    return found;
  };
  const isThere = ({ copy }: Held): boolean => !(copy.deleted && copy.byPerson);

  /** Updates a copy after a relay has accepted an event about it. */
  const update = (copy: Copy): void => {
    const events = [...relays.values()].flatMap(({ held }) =>
      [...held.values()].flatMap((one) => (one.copy === copy ? [contentOfEvent(one.event)] : [])),
    );
    copy.deleted = events.length === 0;
    if (!copy.deleted) copy.content = [...new Set(events)].join(" on one relay, and on another ");
  };

  const removeAll = ({ held, deleted }: Relay, deletion: SignedEvent): void => {
    for (const address of [...valuesOf(deletion, "e"), ...valuesOf(deletion, "a")]) {
      deleted.set(address, deletion.created_at);
      const old = held.get(address);
      if (old === undefined || !isThere(old)) continue;
      if (old.event.kind === kinds.article && old.event.created_at > deletion.created_at) continue;
      held.delete(address);
      update(old.copy);
    }
  };

  const publish = (event: SignedEvent, request: ModelRequest, now: Instant): readonly unknown[] => {
    const login = ledger.logins.find(({ identity }) => identity === npub(event.pubkey));
    if (login === undefined || !login.valid) return ["OK", event.id, false, "restricted: only members may write"];
    const relay = relayAt(request.url);
    if (event.kind === kinds.deletion) {
      removeAll(relay, event);
      return ["OK", event.id, true, ""];
    }
    const address = addressOf(event);
    const old = relay.held.get(address);
    if ((relay.deleted.get(address) ?? -1) >= event.created_at || (old !== undefined && !isThere(old)))
      return ["OK", event.id, false, "deleted: its author has deleted it"];
    if (old !== undefined && old.event.created_at >= event.created_at)
      return [
        "OK",
        event.id,
        true,
        old.event.id === event.id ? "duplicate: it is here" : "replaced: a newer one is here",
      ];
    const known = ledger.copies.findLast(
      ({ network, id, deleted }) => network === "nostr" && id === address && !deleted,
    );
    const made = { network: "nostr", id: address, content: contentOfEvent(event) };
    const copy = known ?? addCopy(ledger, login, made, request, now);
    relay.held.set(address, { event, copy });
    update(copy);
    return ["OK", event.id, true, ""];
  };

  const find = ({ url }: ModelRequest): Reply => {
    const [, subscription, ...filters]: readonly unknown[] = JSON.parse(url.searchParams.get("message") ?? "[]");
    const all = [...relayAt(url).held.values()].filter(isThere).map(({ event }) => event);
    const found = all.filter((event) => filters.some((filter) => meets(event, parseFields(JSON.stringify(filter)))));
    return { status: 200, body: [...found.map((event) => ["EVENT", subscription, event]), ["EOSE", subscription]] };
  };

  return {
    network: "nostr",
    handle: (request, now) => {
      if (request.method === "GET") return find(request);
      const [, given]: readonly unknown[] = JSON.parse(request.body);
      return { status: 200, body: [publish(signedEvent.parse(given), request, now)] };
    },
    // A relay may refuse the connection.
    tooMany: (_, wait) => ({ status: 429, headers: { "retry-after": String(wait / second) }, body: undefined }),
  };
};
