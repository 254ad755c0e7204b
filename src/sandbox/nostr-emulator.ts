import { schnorr } from "@noble/secp256k1";
import { bech32 } from "@scure/base";
import * as z from "zod";
import type { Account } from "../domain/account.ts";
import {
  type Emulator,
  type EmulatorContext,
  json,
  type SocketConnection,
  type SocketHandlers,
  sandboxSecret,
} from "./emulator.ts";
import relay from "./schemas/nostr.json" with { type: "json" };
import { isLive, type TimelinePost } from "./timeline.ts";

/** The schema has checked the forms of these fields. */
const event = z.object({
  id: z.string(),
  pubkey: z.string(),
  created_at: z.number(),
  kind: z.number(),
  tags: z.array(z.tuple([z.string()], z.string())),
  content: z.string(),
  sig: z.string(),
});
const filter = z.looseObject({
  ids: z.array(z.string()).optional(),
  authors: z.array(z.string()).optional(),
  kinds: z.array(z.int()).optional(),
  since: z.int().optional(),
  until: z.int().optional(),
  limit: z.int().optional(),
});

type Event = z.infer<typeof event>;
type Filter = z.infer<typeof filter>;

const eventOf = ({ request }: TimelinePost): Event => event.parse(request);

const valuesOf = ({ tags }: Event, name: string): readonly string[] =>
  tags.flatMap(([own, value]) => (own === name && value !== undefined ? [value] : []));

const meets = (one: Event, { ids, authors, kinds, since, until, limit: _, ...tags }: Filter): boolean =>
  (ids?.includes(one.id) ?? true) &&
  (authors?.includes(one.pubkey) ?? true) &&
  (kinds?.includes(one.kind) ?? true) &&
  one.created_at >= (since ?? 0) &&
  one.created_at <= (until ?? one.created_at) &&
  Object.entries(tags).every(([name, wanted]) =>
    valuesOf(one, name.slice(1)).some((value) => Array.isArray(wanted) && wanted.includes(value)),
  );

/** The events that match one of the filters, up to the limit of each, the newest first (NIP-01). */
const matchingEvents = (events: readonly Event[], filters: readonly Filter[]): readonly Event[] => {
  const sorted = events.toSorted((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
  const found = new Set(
    filters.flatMap((given) => sorted.filter((one) => meets(one, given)).slice(0, given.limit ?? sorted.length)),
  );
  return sorted.filter((one) => found.has(one));
};

const answers = z.array(z.array(z.unknown()));
const subscribed = z.tuple([z.literal("REQ"), z.string()], filter);
const ended = z.tuple([z.literal("CLOSE"), z.string()]);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A connection (NIP-01). A message is answered like its request, and a subscription gets new posts until it ends. */
const relayConnection = ({ send, request }: SocketConnection): SocketHandlers => {
  const subscriptions = new Map<string, readonly Filter[]>();
  const say = (message: readonly unknown[]): void => send(JSON.stringify(message));
  return {
    receive: async (text) => {
      const message = parsed(text);
      const [, closed] = ended.safeParse(message).data ?? [];
      if (closed !== undefined) {
        subscriptions.delete(closed);
        return;
      }
      const isQuery = Array.isArray(message) && message[0] === "REQ";
      const response = await request(
        isQuery ? { method: "GET", search: `?message=${encodeURIComponent(text)}` } : { method: "POST", body: text },
      );
      // A connection that was reset has no body.
      const replies = answers.safeParse(parsed(await response.text())).data ?? [];
      const [, subscription, ...filters] = subscribed.safeParse(message).data ?? [];
      if (subscription !== undefined && replies.some(([kind]) => kind === "EOSE"))
        subscriptions.set(subscription, filters);
      for (const one of replies) say(one);
    },
    posted: (post) => {
      if (!isLive(post)) return;
      const event = eventOf(post);
      for (const [subscription, filters] of subscriptions)
        if (filters.some((given) => meets(event, given))) say(["EVENT", subscription, event]);
    },
  };
};

/** The limit that `crier plan` shows. Nostr has none. */
const limit = 5000;

const queryMessage = z.tuple([z.literal("REQ"), z.string()], filter);
const publication = z.tuple([z.literal("EVENT"), event]);
const named = z.tuple([z.string()], z.unknown());
/** Messages that are answered with the event's id even when they are invalid. */
const identified = z.tuple([z.literal("EVENT"), z.looseObject({ id: z.string() })]);

/**
 * A relay that accepts only the account's events. Clients use WebSocket, as with all relays, or HTTP: there, each message is
 * a request and the response is the list of the relay's messages. A message that changes something is the body of a POST; a
 * query is the parameter of a GET.
 */
export const nostr: Emulator = {
  network: "nostr",
  title: "Nostr",
  style: "--accent: light-dark(#7a3ea8, #c89bf0); --on: light-dark(#fff, #26103a)",
  length: (text) => Array.from(text).length,
  limit: () => limit,
  failure: (status) => {
    if (status === 429) return refused("rate-limited: 429, slow down");
    if (status === 401) return refused("auth-required: 401, only members may write");
    return refused(`error: ${status}, out of order`);
  },
  schema: relay,
  socket: relayConnection,
  refuse: ({ path, message }) => json([["NOTICE", `invalid: ${path.join(".")} ${message}`]]),
  addRoutes: (api, context) => {
    api.use(context.checked);
    api.get("/", (c) => {
      const given = parsed(c.req.query("message") ?? "");
      const queried = queryMessage.safeParse(given).data;
      const error = formError(context, given);
      if (queried === undefined || error !== undefined)
        return json([["NOTICE", `invalid: ${error ?? "this is not a query"}`]]);
      const [, subscription, ...filters] = queried;
      const stored = context.posts(c.get("account")).flatMap((post) => (isLive(post) ? [eventOf(post)] : []));
      return json([
        ...matchingEvents(stored, filters).map((one) => ["EVENT", subscription, one]),
        ["EOSE", subscription],
      ]);
    });
    api.post("/", async (c) => {
      const given = parsed(await c.req.text());
      const [, { id } = {}] = identified.safeParse(given).data ?? [];
      if (id === undefined) return json([["NOTICE", "invalid: this is not an event"]]);
      const response = await context.write((_, account) => take(context, account, given))(c);
      const answer = answered.safeParse(await readJson(response)).data;
      return answer === undefined ? response : json([["OK", id, answer.isTaken, answer.message]]);
    });
  },
};

/** The schema's error for a client's message. */
const formError = (context: EmulatorContext, given: unknown): string | undefined => {
  const [kind] = named.safeParse(given).data ?? [];
  const known = Object.keys(relay.components.schemas).find((name) => name === kind);
  if (known === undefined) return "this is not a message of a client";
  const violation = context.violation(known, given);
  return violation && `${violation.path.join(".")} ${violation.message}`;
};

const answered = z.object({ isTaken: z.boolean(), message: z.string() });
const taken = (message = ""): Response => json({ isTaken: true, message });
const refused = (message: string): Response => json({ isTaken: false, message });

/** The body of a response as JSON. A connection that was reset has none. */
const readJson = async (response: Response): Promise<unknown> => parsed(await response.clone().text());

const fromHex = (digits: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(digits, "hex"));

/** The error of an event. Undefined if the id is the event's hash and the signature is its author's. */
const problemOf = async ({ id, pubkey, sig, ...rest }: Event): Promise<string | undefined> => {
  const hashed = [0, pubkey, rest.created_at, rest.kind, rest.tags, rest.content];
  const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(JSON.stringify(hashed))));
  if (hash.toString("hex") !== id) return "the id is not the hash of the event";
  return (await schnorr.verifyAsync(fromHex(sig), fromHex(id), fromHex(pubkey)))
    ? undefined
    : "the signature is not the author's";
};

/** The secret of an account in the sandbox is its name, as 32 bytes. */
const pubkeyOf = (account: Account): string => {
  const key = new Uint8Array(32);
  key.set(Buffer.from(sandboxSecret(account)).subarray(0, 32));
  return Buffer.from(schnorr.getPublicKey(key)).toString("hex");
};

const take = async (context: EmulatorContext, account: Account, given: unknown): Promise<Response> => {
  const error = formError(context, given);
  if (error !== undefined) return refused(`invalid: ${error}`);
  const [, data] = publication.parse(given);
  const problem = await problemOf(data);
  if (problem !== undefined) return refused(`invalid: ${problem}`);
  if (data.pubkey !== pubkeyOf(account)) return refused("restricted: this relay is for its owner's events");
  if (data.kind === 5) return deleteAll(context, account, data);
  const id = addressOf(data);
  const old = context.posts(account).find((post) => post.id === id);
  if (old === undefined || isNewer(data, old)) {
    await context.save(account, { id, text: data.content, url: pageOf(data), request: data }, old);
    return taken();
  }
  return isLive(old)
    ? taken("duplicate: this event or a newer version is stored")
    : refused("deleted: its author has deleted it");
};

/** The id in the timeline: all versions of an article share an address; any other event has its own id. */
const addressOf = (one: Event): string =>
  one.kind >= 30_000 && one.kind < 40_000 ? `${one.kind}:${one.pubkey}:${valuesOf(one, "d")[0] ?? ""}` : one.id;

/** The lower id wins if two versions have the same second (NIP-01). A deletion applies to all earlier versions. */
const isNewer = (one: Event, post: TimelinePost): boolean => {
  const old = eventOf(post);
  if (addressOf(one) === one.id) return false;
  if (post.deletedAt !== null && one.created_at * 1000 <= Date.parse(post.deletedAt)) return false;
  return one.created_at > old.created_at || (one.created_at === old.created_at && one.id < old.id);
};

/** Deletes the events that a deletion names by id, and the versions of an article up to its own date (NIP-09). */
const deleteAll = async (context: EmulatorContext, account: Account, deletion: Event): Promise<Response> => {
  const [ids, addresses] = [valuesOf(deletion, "e"), valuesOf(deletion, "a")];
  for (const post of context.posts(account).filter(isLive)) {
    const one = eventOf(post);
    const isNamed = addresses.includes(post.id) && one.created_at <= deletion.created_at;
    if (isNamed || ids.includes(one.id)) await context.remove(post);
  }
  return taken();
};

/** The event's page. Its code has fields of a type, a length and a value (NIP-19). */
const pageOf = (one: Event): string => {
  const [name] = valuesOf(one, "d");
  const isArticle = addressOf(one) !== one.id;
  const field = (type: number, value: Buffer) => Buffer.concat([Buffer.of(type, value.length), value]);
  const kind = Buffer.of(0, one.kind >> 16, (one.kind >> 8) & 255, one.kind & 255);
  const first = isArticle ? Buffer.from(name ?? "") : Buffer.from(one.id, "hex");
  const bytes = Buffer.concat([field(0, first), field(2, Buffer.from(one.pubkey, "hex")), field(3, kind)]);
  return `https://njump.me/${bech32.encode(isArticle ? "naddr" : "nevent", bech32.toWords(bytes), false)}`;
};
