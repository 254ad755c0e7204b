import { errorMessage } from "../domain/errors.ts";
import type { PageReply } from "../domain/page-check.ts";
import { second } from "../domain/time.ts";
import type { ReadPage } from "../ports/outside.ts";
import type { Deadline } from "../ports/runtime.ts";
import type { Client, ClientResponse } from "./guarded-client.ts";
import { OutsideError } from "./outside-error.ts";
import { probeWith } from "./probe.ts";

/** In ms. A delivery waits for the response. */
const timeLimit = 5 * second;

/** In bytes. A letter of Unicode may stand for eighteen: comparing more would stop the event loop, and take hundreds of MB. */
const maxPage = 1_000_000;

const decodeNumber = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "");

/** Only the letters and digits count: generators change quotation marks, dashes and spaces, and write them as entities. */
const lettersOf = (html: string): string =>
  html
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&#x([\da-f]{1,6});/gi, (_, code: string) => decodeNumber(Number.parseInt(code, 16)))
    .replaceAll(/&#(\d{1,7});/g, (_, code: string) => decodeNumber(Number(code)))
    .replaceAll(/&[a-z]+;/gi, "")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

/** A response that Crier cannot read is not held against the page. */
const showsTitle = ({ headers, body }: ClientResponse, title: string): boolean => {
  const isReadable = /html|text/i.test(headers.get("content-type") ?? "html") && !headers.has("content-encoding");
  return !isReadable || lettersOf(new TextDecoder().decode(body)).includes(lettersOf(title));
};

/** Requests a page as a reader's browser would, and the picture that belongs to it. */
export const readPageWith = (client: Client, deadline: Deadline): ReadPage => {
  const probe = probeWith(client, deadline);
  return async (url, { title, image }): Promise<PageReply> => {
    try {
      const headers = { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" };
      const response = await client(url, { headers, signal: deadline(timeLimit), maxBytes: maxPage });
      const isThere = response.status === 200;
      return {
        kind: "answered",
        status: response.status,
        url: response.url,
        hasTitle: isThere && showsTitle(response, title),
        hasImage: !isThere || image === undefined || (await probe(image)) !== undefined,
      };
    } catch (error) {
      // A page of this size is there.
      if (error instanceof OutsideError && error.code === "too-large")
        return { kind: "answered", status: 200, url, hasTitle: true, hasImage: true };
      return { kind: "failed", reason: errorMessage(error) };
    }
  };
};
