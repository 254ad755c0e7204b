import { bech32 } from "@scure/base";
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

/** An address with relays in it is longer than the 90 characters of BIP-173. */
const longestCode = 1000;

const encode = (prefix: string, bytes: Uint8Array): string => bech32.encode(prefix, bech32.toWords(bytes), longestCode);

/** The order of the curve: a key is a number below it (BIP-340). */
const curveOrder = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

/** A secret key as 64 hexadecimal digits, of these or of `nsec1…` (NIP-19); undefined where it is neither. */
export const secretKeyOf = (text: string): string | undefined => {
  const code = bech32.decodeUnsafe(text.toLowerCase());
  const bytes = code?.prefix === "nsec" ? bech32.fromWordsUnsafe(code.words) : undefined;
  const key = bytes === undefined ? text.toLowerCase() : Buffer.from(bytes).toString("hex");
  if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
  const number = BigInt(`0x${key}`);
  return number > 0n && number < curveOrder ? key : undefined;
};

export const npub = (pubkey: string): string => encode("npub", Buffer.from(pubkey, "hex"));

/** NIP-19, "Shareable identifiers with extra metadata": type, length and value of each field. */
const codeFields = (...all: readonly (readonly [type: number, value: Uint8Array])[]): Uint8Array =>
  Buffer.concat(all.flatMap(([type, value]) => [Uint8Array.of(type, value.length), value]));

/** `nevent1…` of a note, `naddr1…` of an article: what readers paste into a client. `relays`: where it is found. */
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
