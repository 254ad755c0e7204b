import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import * as z from "zod";
import { canonicalJson } from "../domain/json-value.ts";
import type { Issued, OpenTokens, TokenLogin, TokenRows } from "../ports/networks.ts";
import type { Deadline, Pause } from "../ports/runtime.ts";

const texts = z.record(z.string(), z.string());
const issuedTokens = z.object({ tokens: texts, about: texts, renewAt: z.number().optional() });

const algorithm = "aes-256-gcm";
const nonceLength = 12;
const tagLength = 16;

/** Derives a key (RFC 5869). The login is the context, so that only it can open its tokens. */
const deriveKey = ({ name, secret, network, server }: TokenLogin): Buffer => {
  const context = `crier tokens ${JSON.stringify([name, network, server])}`;
  return Buffer.from(hkdfSync("sha256", canonicalJson(secret), "", context, 32));
};

const seal = (issued: Issued, key: Buffer): string => {
  // NIST SP 800-38D §8.2.2: random nonces of 96 bits suffice for 2³² messages under one key.
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv(algorithm, key, nonce);
  const body = Buffer.concat([cipher.update(JSON.stringify(issued), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
};

/** Returns undefined if another login sealed the text, or if it was changed since. */
const open = (sealed: string, key: Buffer): Issued | undefined => {
  try {
    const bytes = Buffer.from(sealed, "base64");
    const body = nonceLength + tagLength;
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceLength), { authTagLength: tagLength });
    decipher.setAuthTag(bytes.subarray(nonceLength, body));
    const text = Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()]).toString("utf8");
    return issuedTokens.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** The pause between reads while another worker renews the tokens, which takes a request or two. */
const betweenReads = 250;

interface SealedTokensOptions {
  readonly rows: TokenRows;
  readonly pause: Pause;
  readonly deadline: Deadline;
}

/** Stores tokens in the table, encrypted with the secret that they were issued for (docs/decisions/0038). */
export const sealedTokens =
  ({ rows, pause, deadline }: SealedTokensOptions): OpenTokens =>
  (login) => {
    const key = deriveKey(login);
    return {
      read: async () => {
        const { version, renewing, sealed } = await rows.read(login.name);
        return { version, renewing, issued: sealed === undefined ? undefined : open(sealed, key) };
      },
      save: ({ version, renewing, issued }) =>
        rows.save({ name: login.name, version, renewing, sealed: issued && seal(issued, key) }),
      wait: () => pause(betweenReads),
      deadline,
    };
  };
