/** Every match is searched in so many characters, so that the time is linear in the length of the document. */
const window = 3000;

/** JavaScript in an attribute or in a paragraph of MDX: up to three levels of braces. */
const braces = String.raw`\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}`;
const attributes = `(?:"[^"]*"|'[^']*'|${braces}|[^<>"'{}])*`;

const patterns = {
  tag: /^(?:\{\{[<%]([\s\S]{0,600}?)[>%]\}\}|\{\{-?((?:[^}]|\}(?!\})){0,600}?)-?\}\}|\{%-?([\s\S]{0,600}?)-?%\})/,
  comment: /^(?:\{\/\*([\s\S]*?)\*\/\}|\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*(?:end|\/\s*)comment\s*-?%\})/,
  literal: /^\{\s*(["'`])((?:(?!\1)[^\\$])*)\1\s*\}/,
  expression: new RegExp(`^${braces}`),
  component: new RegExp(String.raw`^<\/?(?:[A-Z][\w.]{0,80}(?:[\s/]${attributes})?)?>`),
  element: new RegExp(String.raw`^<[a-z][\w-]*\s${attributes}>`),
};

/** What a text has at this position in a syntax of site generators. */
export const matchAt = (kind: keyof typeof patterns, text: string, at: number): RegExpExecArray | null =>
  patterns[kind].exec(text.slice(at, at + window));

const jsxAttribute = new RegExp(String.raw`(\s[\w-]+)=(?:\{\s*(["'\`])([^"'\`{}]*)\2\s*\}|(${braces}))`, "g");

/** Attributes in braces are JSX: those with a text are kept, those with code are removed. */
export const withoutJsx = (element: string): string =>
  element.replaceAll(jsxAttribute, (_, name, __, value) => (value === undefined ? "" : `${name}="${value}"`));

/** Escapes ASCII punctuation as character references, so that neither Markdown nor a template syntax is found in the text. */
export const escapePunctuation = (text: string): string =>
  text.replaceAll(/[!-/:-@[-`{-~]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/** Stands for a brace that is text. Unicode has this code point for no character. */
const brace = "\uFDD0";

/** `{% raw %}` … `{% endraw %}` of Liquid, which also works in code: the braces between them are text. */
export const hideRaw = (body: string): string => {
  const parts = body.split(/(\{%-?\s*(?:end)?raw\s*-?%\})/);
  const isRaw = (at: number): boolean => /^\{%-?\s*raw/.test(parts[at - 1] ?? "") && /endraw/.test(parts[at + 1] ?? "");
  return parts
    .map((part, at) => {
      if (at % 2 === 0) return isRaw(at) ? part.replaceAll("{", brace) : part;
      return isRaw(part.includes("end") ? at - 1 : at + 1) ? "" : part;
    })
    .join("");
};

export const showRaw = (html: string): string => html.replaceAll(brace, "{");
