import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { entryOf, readingOf, rssItem, written } from "./reading.ts";

const titled = (title: string, encoding = "UTF-8") => rssItem(`<title>${title}</title>`).replace("UTF-8", encoding);
const titleIn = (content: string | Uint8Array, contentType?: string) => written(entryOf(content, contentType).title);

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const utf16 = (text: string): Uint8Array => new Uint8Array(Uint16Array.from(text, (char) => char.charCodeAt(0)).buffer);
const joined = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part)));

describe("the characters of a feed", () => {
  test("are those that it declares in its XML", () => {
    expect(titleIn(latin1(titled("Grüße", "ISO-8859-1")))).toBe("Grüße");
  });

  test("are those that the header names, where the XML names none", () => {
    const xml = titled("Grüße").replace(' encoding="UTF-8"', "");
    expect(titleIn(latin1(xml), "text/xml; charset=iso-8859-1")).toBe("Grüße");
  });

  test.each([
    ["the header says ISO-8859-1", titled("Grüße aus Łódź"), "application/rss+xml; charset=ISO-8859-1"],
    ["the XML says windows-1252", titled("Grüße aus Łódź", "windows-1252"), "text/xml"],
    ["the header says US-ASCII", titled("日本語"), "text/xml; charset=us-ascii"],
    ["the encoding does not exist", titled("日本語", "utf8mb4"), "text/xml; charset=klingon"],
  ])("are UTF-8 where they are valid UTF-8, although %s", (_, xml, contentType) => {
    expect(titleIn(xml, contentType)).toBe(/<item><title>(.*?)</.exec(xml)?.[1]);
  });

  test("are what they are where UTF-8 is declared and the bytes are Windows-1252", () => {
    expect(titleIn(latin1(titled("Gr\xFC\xDFe \x96 caf\xE9")))).toBe("Grüße – café");
  });

  test("lose only one where one byte of a UTF-8 document is wrong", () => {
    const [before = "", after = ""] = titled("Grüße, Łódź, 日本語 | dash").split("|");
    expect(titleIn(joined(before, latin1("\x96"), after))).toBe("Grüße, Łódź, 日本語 \uFFFD dash");
  });

  test("are read in the encodings of Japan, China and Russia", () => {
    const [before = "", after = ""] = titled("|", "Shift_JIS").split("|");
    expect(titleIn(joined(before, Uint8Array.of(0x93, 0xfa, 0x96, 0x7b), after))).toBe("日本");
    expect(titleIn(joined(before.replace("Shift_JIS", "GBK"), Uint8Array.of(0xd6, 0xd0, 0xce, 0xc4), after))).toBe(
      "中文",
    );
    expect(titleIn(joined(before.replace("Shift_JIS", "koi8-r"), Uint8Array.of(0xed, 0xc9, 0xd2), after))).toBe("Мир");
  });

  test("are UTF-16 with a byte order mark and without one", () => {
    expect(titleIn(joined(Uint8Array.of(0xff, 0xfe), utf16(titled("日本語"))))).toBe("日本語");
    expect(titleIn(utf16(titled("日本語")))).toBe("日本語");
  });

  test("may come after a byte order mark and blank lines", () => {
    expect(titleIn(`\uFEFF\n\n  ${titled("Hello")}`)).toBe("Hello");
  });
});

describe("a feed in gzip", () => {
  test("is decompressed, although no header says so", () => {
    expect(titleIn(gzipSync(titled("Hello")))).toBe("Hello");
  });

  test("of more than 10 MB is not read", () => {
    expect(readingOf(gzipSync(" ".repeat(11_000_000)))).toEqual({
      kind: "no-feed",
      problem: "its gzip cannot be decompressed, or is longer than 10 MB",
    });
  });
});
