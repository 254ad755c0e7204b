import { bech32 } from "@scure/base";
import { kinds, type SignedEvent, tagOf } from "./nostr-event.ts";

/** An address with relays in it is longer than the 90 characters of BIP-173. */
const longest = 1000;

const encode = (prefix: string, bytes: Uint8Array): string => bech32.encode(prefix, bech32.toWords(bytes), longest);

/** The order of the curve: a key is a number below it (BIP-340). */
const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n;

/** A secret key as 64 hexadecimal digits, of these or of `nsec1…` (NIP-19); undefined where it is neither. */
export const secretKeyOf = (text: string): string | undefined => {
  const code = bech32.decodeUnsafe(text.toLowerCase());
  const bytes = code?.prefix === "nsec" ? bech32.fromWordsUnsafe(code.words) : undefined;
  const key = bytes === undefined ? text.toLowerCase() : Buffer.from(bytes).toString("hex");
  if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
  const number = BigInt(`0x${key}`);
  return number > 0n && number < order ? key : undefined;
};

export const npub = (pubkey: string): string => encode("npub", Buffer.from(pubkey, "hex"));

/** NIP-19, "Shareable identifiers with extra metadata": type, length and value of each field. */
const fields = (...all: readonly (readonly [type: number, value: Uint8Array])[]): Uint8Array =>
  Buffer.concat(all.flatMap(([type, value]) => [Uint8Array.of(type, value.length), value]));

/** `nevent1…` of a note, `naddr1…` of an article: what readers paste into a client. `relays`: where it is found. */
export const shareCode = (event: Omit<SignedEvent, "sig">, relays: readonly string[]): string => {
  const isArticle = event.kind === kinds.article;
  const kind = Buffer.alloc(4);
  kind.writeUInt32BE(event.kind);
  return encode(
    isArticle ? "naddr" : "nevent",
    fields(
      [0, isArticle ? Buffer.from(tagOf(event, "d") ?? "") : Buffer.from(event.id, "hex")],
      ...relays.map((relay) => [1, Buffer.from(relay)] as const),
      [2, Buffer.from(event.pubkey, "hex")],
      [3, kind],
    ),
  );
};
