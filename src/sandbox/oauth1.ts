import { decodePercent } from "../domain/address.ts";

/** RFC 5849 §3.6 encodes more characters than encodeURIComponent. */
const percentEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The parameters of an OAuth 1.0a `Authorization` header (RFC 5849 §3.5.1). */
export const oauthOf = (header: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...(header ?? "").matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name ?? "",
      decodePercent(value ?? ""),
    ]),
  );

/** HMAC-SHA1 (RFC 5849 §3.4.2) of a request without a query. Its body is JSON, so it is not signed. */
export const signature = async (
  method: string,
  url: string,
  oauth: Readonly<Record<string, string>>,
  secrets: { readonly app: string; readonly access: string },
): Promise<string> => {
  const signed = Object.entries(oauth).filter(([name]) => name !== "oauth_signature");
  const parameters = signed
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort()
    .join("&");
  const base = [method, url, parameters].map(percentEncode).join("&");
  const encoder = new TextEncoder();
  const secret = encoder.encode(`${percentEncode(secrets.app)}&${percentEncode(secrets.access)}`);
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(base));
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
};
