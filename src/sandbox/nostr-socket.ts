import * as z from "zod";
import type { SocketConnection, SocketHandlers } from "./emulator.ts";
import { eventOf, type Filter, filter, meets } from "./nostr-events.ts";
import { isLive } from "./timeline.ts";

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

/** One connection of NIP-01: each message is answered as its request is, and a subscription has what is posted until it ends. */
export const relayConnection = ({ send, request }: SocketConnection): SocketHandlers => {
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
      const isQuestion = Array.isArray(message) && message[0] === "REQ";
      const response = await request(
        isQuestion ? { method: "GET", search: `?message=${encodeURIComponent(text)}` } : { method: "POST", body: text },
      );
      // Of a connection that was reset there is none.
      const said = answers.safeParse(parsed(await response.text())).data ?? [];
      const [, subscription, ...filters] = subscribed.safeParse(message).data ?? [];
      if (subscription !== undefined && said.some(([kind]) => kind === "EOSE"))
        subscriptions.set(subscription, filters);
      for (const one of said) say(one);
    },
    posted: (post) => {
      if (!isLive(post)) return;
      const event = eventOf(post);
      for (const [subscription, filters] of subscriptions)
        if (filters.some((given) => meets(event, given))) say(["EVENT", subscription, event]);
    },
  };
};
