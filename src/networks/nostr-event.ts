import * as z from "zod";

/** NIP-10, NIP-23 and NIP-09. */
export const kinds = { note: 1, article: 30_023, deletion: 5 } as const;

/** All of an event but its author: what is stored before it is signed. No secret is needed for its id. */
export const draftEvent = z.object({
  kind: z.int(),
  created_at: z.int(),
  tags: z.array(z.array(z.string())),
  content: z.string(),
});

export type DraftEvent = z.infer<typeof draftEvent>;

/** NIP-01. */
export const signedEvent = draftEvent.extend({ id: z.string(), pubkey: z.string(), sig: z.string() });

export type SignedEvent = z.infer<typeof signedEvent>;

/** The hash that is the event's id: two drafts of an author with equal content are one event, however often they are signed. */
export const eventHash = async (pubkey: string, event: DraftEvent): Promise<Uint8Array> => {
  const content = JSON.stringify([0, pubkey, event.created_at, event.kind, event.tags, event.content]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content)));
};

/** The first value of a tag. */
export const tagOf = ({ tags }: Pick<DraftEvent, "tags">, name: string): string | undefined =>
  tags.find(([own]) => own === name)?.[1];
