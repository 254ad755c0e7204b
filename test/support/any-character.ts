import fc from "fast-check";

const [firstHalf, halves] = [0xd800, 0x800];

/** fast-check's unit "binary", which makes a table of all 1.1 million characters before the first text. */
export const anyCharacter = fc.integer({ min: 0, max: 0x10_ffff - halves }).map(
  (index) => String.fromCodePoint(index < firstHalf ? index : index + halves),
  (text) => {
    const code = typeof text === "string" ? (text.codePointAt(0) ?? 0) : 0;
    if (text !== String.fromCodePoint(code) || !text.isWellFormed()) throw new TypeError("it is not one character");
    return code < firstHalf ? code : code - halves;
  },
);
