import type { MarkdownIt, Token } from "markdown-it";

/** `**Step 1:** …` or `**Step 1**: …`. */
const boldLabel = /^\s*(\*\*|__)(?=\S)[^*_\n]{1,120}(?::\1|\1\s?:)/;

/** Lines that each begin with a bold label keep their line breaks. */
const areSteps = (text: string): boolean => {
  const lines = text.split("\n");
  return lines.length > 1 && lines.every((line) => boldLabel.test(line));
};

const isBreak = ({ type }: Token): boolean => type === "softbreak" || type === "hardbreak";

/** A picture, alone or in a link, with an emphasised line directly below it. */
const isFigure = (tokens: readonly Token[]): boolean => {
  const seen = tokens.filter((token) => !isBreak(token) && !(token.type === "text" && token.content.trim() === ""));
  const types = seen.map(({ type, level }) => (level === 0 || type === "image" ? type : "inner")).join(" ");
  return /^(?:image|link_open (?:image )+link_close) em_open (?:(?:inner|image) )*em_close$/.test(types);
};

/** Changes paragraphs whose layout has a meaning: a picture with its caption, steps. And tasks, cells, and code. */
export const layout = (md: MarkdownIt): void => {
  md.core.ruler.before("inline", "attributes", ({ tokens }) => {
    for (const [at, token] of tokens.entries()) {
      // In `rust,ignore`, `js{1,3}` and `{.python .numberLines}` the first word is the language.
      if (token.type === "fence") token.info = /^\s*\{?\s*\.?([\w+#.-]*)/.exec(token.info)?.[1] ?? "";
      // A feed must not have form controls.
      if (token.type === "inline" && tokens[at - 2]?.type === "list_item_open")
        token.content = token.content.replace(/^\[([ xX])\](?=\s)/, (_, mark) => (mark === " " ? "☐" : "☑"));
      // Nor styles.
      const [, side] = /^text-align:(\w+)$/.exec(String(token.attrGet("style") ?? "")) ?? [];
      if (side !== undefined) token.attrs = [["align", side]];
    }
  });

  md.core.ruler.push("figures_and_steps", ({ tokens }) => {
    for (const [at, token] of tokens.entries()) {
      const [open, close] = [tokens[at - 1], tokens[at + 1]];
      const children = token.children ?? [];
      if (token.type !== "inline" || open?.type !== "paragraph_open" || close === undefined) continue;
      if (isFigure(children)) {
        open.tag = close.tag = "figure";
        open.hidden = close.hidden = false;
        for (const child of children) if (/^em_/.test(child.type) && child.level === 0) child.tag = "figcaption";
        token.children = children.filter((child) => !isBreak(child));
      } else if (areSteps(token.content)) {
        for (const child of children) if (child.type === "softbreak") child.type = "hardbreak";
      }
    }
  });
};
