import type { Env, MarkdownIt, RendererRule } from "markdown-it";
import footnote from "markdown-it-footnote";
import { anchorPrefixOf } from "./anchors.ts";
import { TooCostly } from "./bounds.ts";
import { contextOf } from "./context.ts";

/** What markdown-it-footnote keeps of a document. */
interface Notes {
  /** By `:label`: the number of the note, or -1 where it has no reference yet. */
  readonly refs: Record<string, number>;
  readonly list: { label?: string; count?: number }[];
}

/** A note has a link back to each reference: without a limit the list could be larger than the body. */
const maxReferences = 5_000;

/** Labels are compared without case (GFM, like CommonMark §4.7 for link references). */
const withoutCase = (): Record<string, number> =>
  new Proxy<Record<string, number>>(
    {},
    {
      get: (refs, label) => Reflect.get(refs, String(label).toLowerCase()),
      set: (refs, label, value) => Reflect.set(refs, String(label).toLowerCase(), value),
    },
  );

const notesOf = new WeakMap<Env, Notes>();

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);

/** The footnotes of Markdown Extra and GFM, with ids that are unique where a reader shows several posts on one page. */
export const footnotes = (md: MarkdownIt): void => {
  md.use(footnote);

  md.core.ruler.before("block", "footnote_labels", ({ env }) => {
    const notes: Notes = { refs: withoutCase(), list: [] };
    notesOf.set(env, notes);
    env.footnotes = notes;
  });

  // The plugin finds a note by its label with case, and the last one of a label.
  md.core.ruler.before("footnote_tail", "footnote_first", (state) => {
    const list = notesOf.get(state.env)?.list ?? [];
    const references = list.reduce((sum, { count = 1 }) => sum + count, 0);
    if (references > maxReferences)
      throw new TooCostly(
        "body-footnotes",
        `It refers to its footnotes more than ${maxReferences} times: remove some.`,
      );
    for (const note of list) if (note.label !== undefined) note.label = note.label.toLowerCase();
    const seen = new Set<string>();
    for (const token of state.tokens) {
      if (token.type !== "footnote_reference_open") continue;
      const label = String(token.meta?.label).toLowerCase();
      token.meta = { label: seen.has(label) ? `${label} again` : label };
      seen.add(label);
    }
    if (list.length === 0) state.env.footnotes = { refs: {} };
  });

  const idOf = (
    env: Env | undefined,
    meta: Record<string, unknown> | null | undefined,
    isReference: boolean,
  ): string => {
    const prefix = env === undefined ? "" : anchorPrefixOf(contextOf(env).page);
    const note = numberOf(meta?.id) + 1;
    const again = numberOf(meta?.subId);
    return isReference ? `${prefix}-ref-${note}${again === 0 ? "" : `-${again + 1}`}` : `${prefix}-${note}`;
  };
  const rule =
    (html: (meta: Record<string, unknown> | null | undefined, env: Env | undefined) => string): RendererRule =>
    (tokens, at, _options, env) =>
      html(tokens[at]?.meta, env);
  Object.assign(md.renderer.rules, {
    footnote_ref: rule(
      (meta, env) =>
        `<sup><a id="${idOf(env, meta, true)}" href="#${idOf(env, meta, false)}">${numberOf(meta?.id) + 1}</a></sup>`,
    ),
    footnote_block_open: () => "<hr>\n<ol>\n",
    footnote_block_close: () => "</ol>\n",
    footnote_open: rule((meta, env) => `<li id="${idOf(env, meta, false)}">`),
    footnote_anchor: rule((meta, env) => {
      const again = numberOf(meta?.subId);
      return ` <a href="#${idOf(env, meta, true)}">↩${again === 0 ? "" : `<sup>${again + 1}</sup>`}</a>`;
    }),
  });
};
