import type { MarkedExtension, Token, Tokens } from "marked";
import { parseNested, TooCostly } from "./bounds.ts";

interface Note {
  readonly tokens: Token[];
  /** In the order of the first references; 0: there is no reference yet. */
  number: number;
  references: number;
}

export interface Footnotes {
  readonly extension: MarkedExtension;
  /** The notes with references as a list, or "". Call it after the body was rendered. */
  html(parse: (tokens: Token[]) => string): string;
}

/** A note has a link back to each reference: without a limit the list could be larger than the body. */
const maxReferences = 5_000;

/** Labels are compared without case (GFM, like CommonMark §4.7 for link references). */
const keyOf = (label: string): string => label.trim().toLowerCase();

/** `[^label]: text`, the lines that continue it, and the lines below it that are indented by four spaces. */
const definition =
  /^\[\^([^\]\s]{1,100})\]:[ \t]*([^\n]*(?:\n(?!\[\^| {0,3}(?:(?:[-*+]|\d{1,9}[.)])\s|[>#]|```|~~~)|[ \t]*(?:\n|$))[^\n]+)*(?:\n(?:[ \t]*\n)*(?: {4}|\t)[^\n]*)*)(?:\n|$)/;

/**
 * The footnotes of GFM for one document. (marked-footnote keeps state between documents, searches all notes for each
 * reference, ends a note at the first line break, and gives the same ids to all entries of a feed.) The ids begin with
 * `prefix`, so that they are unique where a reader shows several posts on one page.
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
    const id = `${prefix}-ref-${note.number}${note.references === 1 ? "" : `-${note.references}`}`;
    return `<sup><a id="${id}" href="#${prefix}-${note.number}">${note.number}</a></sup>`;
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
            // The first definition counts, as with link references.
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
      // A note may refer to another note, which is then added to the list.
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
  };
};
