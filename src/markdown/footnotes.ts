import type { MarkedExtension, Token, Tokens } from "marked";
import { parseNested, TooCostly } from "./bounds.ts";

interface Note {
  readonly tokens: Token[];
  /** Its place among those that are referred to; 0: none refers to it yet. */
  number: number;
  references: number;
}

export interface Footnotes {
  readonly extension: MarkedExtension;
  /** What was referred to, in the order of the references, as a list; "" where nothing was. To be asked for behind the body. */
  html(parse: (tokens: Token[]) => string): string;
  /** A part of the body in which the references would be digits in the midst of a sentence. */
  withoutReferences(html: string): string;
}

/** Each is listed with a link back to each reference: without an end the list would outgrow the body. */
const maxReferences = 5_000;

/** Labels match without case (GFM, as CommonMark §4.7 has it for link references). */
const keyOf = (label: string): string => label.trim().toLowerCase();

/** `[^label]: text`, the lines that go on with it, and those that are indented by four under it. */
const definition =
  /^\[\^([^\]\s]{1,100})\]:[ \t]*([^\n]*(?:\n(?!\[\^| {0,3}(?:(?:[-*+]|\d{1,9}[.)])\s|[>#]|```|~~~)|[ \t]*(?:\n|$))[^\n]+)*(?:\n(?:[ \t]*\n)*(?: {4}|\t)[^\n]*)*)(?:\n|$)/;

/**
 * GFM's footnotes for one document. (marked-footnote keeps its state from one document to the next, looks every reference up among
 * all notes, ends a note where its first line is wrapped, and names its anchors alike in every entry of a feed.)
 * `prefix` begins its anchors: readers that show several posts on one page find the right note.
 */
export const footnotesOf = (prefix: string): Footnotes => {
  const notes = new Map<string, Note>();
  const numberedNotes: Note[] = [];
  let references = 0;

  const renderReference = (note: Note): string => {
    references += 1;
    if (references > maxReferences)
      throw new TooCostly(
        "body-footnotes",
        `It refers to its footnotes more than ${maxReferences} times: remove some.`,
      );
    if (note.number === 0) note.number = numberedNotes.push(note);
    note.references += 1;
    const back = `${prefix}-ref-${note.number}${note.references === 1 ? "" : `-${note.references}`}`;
    return `<sup><a id="${back}" href="#${prefix}-${note.number}">${note.number}</a></sup>`;
  };

  const renderBackLinks = ({ number, references: times }: Note): string =>
    Array.from({ length: times }, (_, index) => {
      const suffix = index === 0 ? "" : `-${index + 1}`;
      return `<a href="#${prefix}-ref-${number}${suffix}">↩${index === 0 ? "" : `<sup>${index + 1}</sup>`}</a>`;
    }).join(" ");

  return {
    extension: {
      extensions: [
        {
          name: "footnote",
          level: "block",
          tokenizer(src) {
            const found = definition.exec(src);
            const [raw, label, text] = found ?? [];
            if (raw === undefined || label === undefined || text === undefined) return undefined;
            const indented = text.replaceAll(/\n(?: {4}|\t)/g, "\n");
            const tokens = parseNested(this.lexer, () => this.lexer.blockTokens(`${indented}\n`, []));
            const key = keyOf(label);
            // The first one counts, as with link references.
            if (!notes.has(key)) notes.set(key, { tokens, number: 0, references: 0 });
            return { type: "footnote", raw, tokens };
          },
          renderer: () => "",
        },
        {
          name: "footnoteReference",
          level: "inline",
          tokenizer(src) {
            const [raw, label = ""] = /^\[\^([^\]\s]{1,100})\](?!\()/.exec(src) ?? [];
            return raw === undefined || !notes.has(keyOf(label))
              ? undefined
              : { type: "footnoteReference", raw, label };
          },
          renderer(token: Tokens.Generic) {
            const note = notes.get(keyOf(String(token.label)));
            return note === undefined ? "" : renderReference(note);
          },
        },
      ],
    },
    html(parse) {
      const entries: string[] = [];
      // A note may refer to another, which is then listed behind it.
      for (let at = 0; at < numberedNotes.length; at += 1) {
        const note = numberedNotes[at];
        if (note !== undefined) entries.push(parse(note.tokens));
      }
      const lines = numberedNotes.map((note, index) => {
        const text = (entries[index] ?? "").trimEnd();
        const inside = text.endsWith("</p>")
          ? `${text.slice(0, -4)} ${renderBackLinks(note)}</p>`
          : `${text} ${renderBackLinks(note)}`;
        return `<li id="${prefix}-${note.number}">${inside}</li>`;
      });
      return lines.length === 0 ? "" : `<hr>\n<ol>\n${lines.join("\n")}\n</ol>\n`;
    },
    withoutReferences: (html) =>
      html.replaceAll(new RegExp(`<sup><a id="${prefix}-ref-[^<>]*>\\d+</a></sup>`, "g"), ""),
  };
};
