import type { Findings } from "../domain/findings.ts";
import { asBlock, type Boxes } from "./boxes.ts";
import { renderComponent, renderEmbed } from "./components.ts";
import { escapePunctuation, maths, renderMaths } from "./maths.ts";
import { addressOfTag, renderShortcode } from "./shortcodes.ts";
import { attributeOf, tagOfComponent } from "./tag.ts";

/** JavaScript in an attribute or in a paragraph of MDX: up to three levels of braces. */
const braces = String.raw`\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}`;
const attributes = `(?:"[^"]*"|'[^']*'|${braces}|[^<>"'{}])*`;

const component = String.raw`<\/?[A-Z][\w.]{0,80}(?:[\s/]${attributes})?>`;

const tags = [
  /\{%-?\s*raw\s*-?%\}(?<raw>[\s\S]{0,1000}?)\{%-?\s*endraw\s*-?%\}/.source,
  /(?<liquidComment>\{%-?\s*comment\s*-?%\}[\s\S]{0,1000}?\{%-?\s*endcomment\s*-?%\})/.source,
  /\{%-?(?<liquid>[\s\S]{0,600}?)-?%\}/.source,
  /\{\{[<%](?<hugo>[\s\S]{0,600}?)[>%]\}\}/.source,
  /\{\{-?(?<output>(?:[^}]|\}(?!\})){0,600}?)-?\}\}/.source,
  /<(?<codeTag>CodeBlock|Code|CodeSnippet|Highlight)\b(?<codeOptions>[^<>]{0,300})>\s{0,99}\{`(?<codeText>[^`]{0,5000})`\}\s{0,99}<\/\k<codeTag>>/
    .source,
  /(?<generic>(?<=\w)<[A-Z]\w{0,40}>)/.source,
  String.raw`(?<component>${component}|<\/?>)`,
].join("|");

/**
 * Everything in prose that a site generator would replace. The leftmost match is first, so that nothing is found inside of
 * code, formulas, comments and attributes. All repetitions are bounded or start with different characters: no catastrophic
 * backtracking.
 */
const template = [
  /(?<code>(?<![`\\])(?<ticks>`{1,99})(?!`)(?:[^\n]|\n(?![ \t]*\n)){0,2000}?[^`]\k<ticks>(?!`))/.source,
  /(?<comment><!--[\s\S]{0,2000}?-->)/.source,
  ...maths.map(({ source }) => source),
  /(?<mdxComment>\{\/\*[\s\S]{0,2000}?\*\/\})/.source,
  /(?<space>\{\s{0,99}["']\s+["']\s{0,99}\})/.source,
  `(?:(?<indent>^[ \\t>]*)|)(?:${tags})`,
  String.raw`(?<element><[a-z][\w-]{0,40}\s${attributes}>)`,
  /(?<module>^import\s+(?:[\w*{][^;"'`]{0,500}?\sfrom\s+)?["'][^"'\n]{1,300}["'];?[ \t]{0,9}$)/.source,
  /(?<attributeList>[ \t]{0,9}\{[#:.][^{}\n]{1,100}\}[ \t]{0,9}$|(?<=[)\]*_`])\{(?:[:.#]|(?:width|height|align|class|style|target|loading)=)[^{}\n]{1,100}\})/
    .source,
].join("|");

const markdown = new RegExp(template, "gm");
const mdx = new RegExp(String.raw`${template}|(?<escaped>\\[{}<])|(?<expression>${braces})`, "gm");

const shorten = (name: string): string => name.trim().replaceAll(/\s+/g, " ").slice(0, 60);

const tagName = (tag: string): string => (/^<\/?[\w.]+/.exec(tag)?.[0] ?? "<").replace("/", "");

const firstWord = (inside: string): string => shorten(inside.trim().split(/[\s(]/, 1)[0] ?? "");

/** Attributes in braces are JSX: those with a text are kept, those with code are removed. */
const withoutJsx = (element: string): string =>
  element.replaceAll(
    new RegExp(String.raw`(\s[\w-]+)=(?:\{\s*(["'])([^"'{}]*)\2\s*\}|(${braces}))`, "g"),
    (_, name, __, value) => (value === undefined ? "" : `${name}="${value}"`),
  );

/** For text whose braces are not a template. */
export const escapeBraces = (text: string): string =>
  text.replaceAll(/(?<![`\\])(`{1,99})(?!`)[^\n]{0,2000}?[^`\n]\1(?!`)|[{}]/g, (whole) =>
    whole.startsWith("`") ? whole : escapePunctuation(whole),
  );

const leaveOut = (what: string, found: Findings, instead = ""): string => {
  found.warn("template-dropped", "body", `${what} was left out: Crier does not run the site's templates.`);
  return instead;
};

export interface ProseContext {
  readonly isMdx: boolean;
  readonly boxes: Boxes;
  readonly found: Findings;
}

/** Replaces known template tags, components, expressions and attribute lists by Markdown; leaves the others out, with a warning. */
export const cleanProse = (text: string, context: ProseContext): string => {
  const { isMdx, boxes, found } = context;
  const leaveOutTag = (what: string, instead = "") => leaveOut(what, found, instead);
  const inUrl = (whole: string, liquid: string | undefined, output: string | undefined) =>
    addressOfTag(liquid ?? output ?? "") ?? leaveOutTag(`The tag \`${firstWord(liquid ?? output ?? whole)}\``);

  return text.replaceAll(isMdx ? mdx : markdown, (whole: string, ...rest: readonly unknown[]) => {
    const groups: Readonly<Record<string, unknown>> = Object(rest.at(-1));
    const group = (name: string) => (typeof groups[name] === "string" ? groups[name] : undefined);
    const indent = group("indent");
    const start = indent ?? "";
    const raw = group("raw");
    const hugo = group("hugo");
    const inside = group("liquid") ?? hugo ?? group("output");
    const tag = whole.slice(start.length);

    if (group("code") !== undefined || group("comment") !== undefined) return whole;
    if (raw !== undefined) return start + escapeBraces(raw);
    if (group("liquidComment") !== undefined) return start;
    // `{{</* … */>}}` shows the tag itself.
    if (hugo !== undefined && /^\/\*[\s\S]*\*\/$/.test(hugo))
      return start + escapePunctuation(tag.replace("/*", "").replace("*/", ""));
    if (inside !== undefined)
      return renderShortcode(inside.trim(), boxes, indent) ?? leaveOutTag(`The tag \`${firstWord(inside)}\``, start);
    if (group("space") !== undefined) return " ";
    if (group("mdxComment") !== undefined)
      return /^\{\/\*\s*(more|truncate)\s*\*\/\}$/i.test(whole) ? "<!--more-->" : "";
    if (group("generic") !== undefined) return start + tag.replace("<", "&lt;").replace(">", "&gt;");
    if (group("element") !== undefined) {
      const known = /^<[a-z]+-/.test(whole) ? renderEmbed(tagOfComponent(whole), undefined) : undefined;
      return (
        known ?? withoutJsx(whole).replaceAll(/\{%-?([\s\S]{0,600}?)-?%\}|\{\{[<%-]?([\s\S]{0,600}?)[>%-]?\}\}/g, inUrl)
      );
    }
    const code = group("codeText");
    if (code !== undefined) {
      const language = attributeOf(tagOfComponent(`<Code ${group("codeOptions")}>`), "language", "lang") ?? "";
      return asBlock([`~~~~~${language}`, ...code.replace(/^\n/, "").split("\n"), "~~~~~"], start);
    }
    if (group("component") !== undefined)
      return /^<\/?>$/.test(tag)
        ? start
        : (renderComponent(tagOfComponent(tag), boxes, indent) ??
            leaveOutTag(`The component ${shorten(tagName(tag))}>`, start));
    if (group("module") !== undefined) return leaveOutTag("An import");
    if (group("escaped") !== undefined) return escapePunctuation(whole.slice(1));
    if (group("expression") !== undefined) return leaveOutTag(`The expression \`${shorten(whole)}\``);
    if (group("attributeList") !== undefined) return "";
    const formula = renderMaths(group);
    if (formula !== undefined) return formula;
    // Prose between two dollars, or in escaped brackets: the first mark is text, and the rest is processed again.
    const mark = /^\s*(?:\$|\\+[([])/.exec(whole)?.[0] ?? "";
    return mark + cleanProse(whole.slice(mark.length), context);
  });
};

const leftover = new RegExp(
  String.raw`<(?<slash>\/?)(?:pre|code)\b|(?<component>${component})|\{%[\s\S]{0,600}?%\}|\{\{[\s\S]{0,600}?\}\}`,
  "g",
);

/** Leaves out tags in text that looked like code before Markdown was parsed. Code in HTML elements is kept. */
export const withoutLeftoverTags = (text: string, found: Findings): string => {
  let code = 0;
  return text.replaceAll(leftover, (whole: string, slash: string | undefined, tag: string | undefined) => {
    if (slash !== undefined) code += slash === "" ? 1 : -1;
    if (slash !== undefined || code > 0) return whole;
    return leaveOut(
      tag === undefined
        ? `The tag \`${firstWord(whole.replaceAll(/[{}%<>]/g, ""))}\``
        : `The component ${shorten(tagName(tag))}>`,
      found,
    );
  });
};
