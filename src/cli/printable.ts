/** Text of documents, networks and other commands must not control the terminal. */
export const printable = (lines: readonly string[]): string =>
  lines.map((line) => `${line.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, " ")}\n`).join("");
