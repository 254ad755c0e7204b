import type { Env, MarkdownIt, Token } from "markdown-it";
import footnote from "markdown-it-footnote";
import { anchorPrefixOf } from "./anchors.ts";
import { TooCostly } from "./bounds.ts";
import { contextOf } from "./context.ts";

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

/** The numbers in the ids of a note and of one of its references. */
const idsOf = (tokens: readonly Token[], at: number, env: Env = {}) => {
  const [note, again] = [Number(tokens[at]?.meta?.id) + 1, Number(tokens[at]?.meta?.subId ?? 0)];
  const prefix = anchorPrefixOf(contextOf(env).page);
  const suffix = again === 0 ? "" : `-${again + 1}`;
  return { note, id: `${prefix}-${note}`, reference: `${prefix}-ref-${note}${suffix}`, again };
};

/** The footnotes of Markdown Extra and GFM, with ids that are unique where a reader shows several posts on one page. */
export const footnotes = (md: MarkdownIt): void => {
  md.use(footnote);
  const lists = new WeakMap<Env, { label?: string; count?: number }[]>();

  md.core.ruler.before("block", "footnote_labels", ({ env }) => {
    const list: { label?: string; count?: number }[] = [];
    lists.set(env, list);
    env.footnotes = { refs: withoutCase(), list };
  });

  // The plugin finds a note by its label with case, and the last one of a label.
  md.core.ruler.before("footnote_tail", "footnote_first", ({ tokens, env }) => {
    const list = lists.get(env) ?? [];
    const references = list.reduce((sum, { count = 1 }) => sum + count, 0);
    if (references > maxReferences)
      throw new TooCostly(
        "body-footnotes",
        `It refers to its footnotes more than ${maxReferences} times: remove some.`,
      );
    for (const note of list) if (note.label !== undefined) note.label = note.label.toLowerCase();
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.type !== "footnote_reference_open") continue;
      const label = String(token.meta?.label).toLowerCase();
      token.meta = { label: seen.has(label) ? `${label} again` : label };
      seen.add(label);
    }
    if (list.length === 0) env.footnotes = { refs: {} };
  });

  Object.assign(md.renderer.rules, {
    footnote_ref: (tokens, at, _, env) => {
      const { note, id, reference } = idsOf(tokens, at, env);
      return `<sup><a id="${reference}" href="#${id}">${note}</a></sup>`;
    },
    footnote_block_open: () => "<hr>\n<ol>\n",
    footnote_block_close: () => "</ol>\n",
    footnote_open: (tokens, at, _, env) => `<li id="${idsOf(tokens, at, env).id}">`,
    footnote_anchor: (tokens, at, _, env) => {
      const { reference, again } = idsOf(tokens, at, env);
      return ` <a href="#${reference}">↩${again === 0 ? "" : `<sup>${again + 1}</sup>`}</a>`;
    },
  } satisfies MarkdownIt["renderer"]["rules"]);
};
