import { bech32 } from "@scure/base";
import * as z from "zod";

/** Kinds of events (NIP-10, NIP-23 and NIP-09). */
export const kinds = { note: 1, article: 30_023, deletion: 5 } as const;

/** An event without its author, stored before it is signed. Its id needs no secret. */
export const draftEvent = z.object({
  kind: z.int(),
  created_at: z.int(),
  tags: z.array(z.array(z.string())),
  content: z.string(),
});

export type DraftEvent = z.infer<typeof draftEvent>;

/** A signed event (NIP-01). */
export const signedEvent = draftEvent.extend({ id: z.string(), pubkey: z.string(), sig: z.string() });

export type SignedEvent = z.infer<typeof signedEvent>;

/** The event's id. Two drafts of an author with equal content are one event, even when they are signed twice. */
export const eventHash = async (pubkey: string, event: DraftEvent): Promise<Uint8Array> => {
  const content = JSON.stringify([0, pubkey, event.created_at, event.kind, event.tags, event.content]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content)));
};

/** The first value of a tag. */
export const tagOf = ({ tags }: Pick<DraftEvent, "tags">, name: string): string | undefined =>
  tags.find(([own]) => own === name)?.[1];

/** An address with relays in it is longer than the 90 characters of BIP-173. */
const longestCode = 1000;

const encode = (prefix: string, bytes: Uint8Array): string => bech32.encode(prefix, bech32.toWords(bytes), longestCode);

/** The order of the curve: a key is a number below it (BIP-340). */
const curveOrder = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

/** Reads a secret key from 64 hexadecimal digits or `nsec1…` (NIP-19), as 64 digits. Undefined if the text is neither. */
export const secretKeyOf = (text: string): string | undefined => {
  const code = bech32.decodeUnsafe(text.toLowerCase());
  const bytes = code?.prefix === "nsec" ? bech32.fromWordsUnsafe(code.words) : undefined;
  const key = bytes === undefined ? text.toLowerCase() : Buffer.from(bytes).toString("hex");
  if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
  const number = BigInt(`0x${key}`);
  return number > 0n && number < curveOrder ? key : undefined;
};

export const npub = (pubkey: string): string => encode("npub", Buffer.from(pubkey, "hex"));

/** Type, length and value of each field (NIP-19, "Shareable identifiers with extra metadata"). */
const codeFields = (...all: readonly (readonly [type: number, value: Uint8Array])[]): Uint8Array =>
  Buffer.concat(all.flatMap(([type, value]) => [Uint8Array.of(type, value.length), value]));

/** The code that readers paste into a client: `nevent1…` for a note, `naddr1…` for an article. `relays` have the event. */
export const shareCode = (event: Omit<SignedEvent, "sig">, relays: readonly string[]): string => {
  const isArticle = event.kind === kinds.article;
  const kind = Buffer.alloc(4);
  kind.writeUInt32BE(event.kind);
  return encode(
    isArticle ? "naddr" : "nevent",
    codeFields(
      [0, isArticle ? Buffer.from(tagOf(event, "d") ?? "") : Buffer.from(event.id, "hex")],
      ...relays.map((relay) => [1, Buffer.from(relay)] as const),
      [2, Buffer.from(event.pubkey, "hex")],
      [3, kind],
    ),
  );
};
