import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parseFragment } from "parse5";

/** Parts of a source that are not text of the article, outside of code. */
const syntax: readonly RegExp[] = [
  /<!--[\s\S]*?-->/g,
  /\{\/\*[\s\S]*?\*\/\}/g,
  /\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*endcomment\s*-?%\}/g,
  // Elements whose content no feed shows.
  /<(script|style|svg|math|textarea|select|button|noscript|template|title|head|canvas|iframe|object)\b[\s\S]*?<\/\1\s*>/gi,
  /^(?:import|export)\s(?:[^\n]+\n?)+/gm,
  /\{\{[<%](?:(?!\{\{[<%])[\s\S])*?[>%]\}\}/g,
  /\{\{(?:(?!\{\{|\n\s*\n)[\s\S])*?\}\}/g,
  /\{%(?:(?!\{%|\n\s*\n)[\s\S])*?%\}/g,
  // A tag, whose attributes in MDX may have braces with arrows, and an address in angle brackets.
  /<\/?[a-z](?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|(?!\n\s*\n)[^<>{}"'])*>/gi,
  // Attribute lists and ids of headings, and expressions of MDX.
  /\{[^{}\n]*\}/g,
  // The destination of a link, and a definition of one.
  /\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"\n]*")?\s*\)/g,
  /^ {0,3}\*\[[^\]\n]+\]:.*$/gm,
  /\[\^[^\]\n]+\]/g,
  // The name and the title of a container, of an alert and of a code block.
  /^[ \t>]*(?::::+|!!!|\?\?\?)[^\n]*$/gm,
  /^[ \t>]*>\s*\[![^\]\n]*\]/gm,
  /:[a-z0-9_+-]+:/g,
  /\bhttps?:\/\/\S+/g,
];

/** Its information has no backtick if it is made of backticks. */
const fence = String.raw`^([ \t>*+-]*|[ \t>]*\d+\.[ \t]+)(${"`{3,}(?=[^`\\n]*\\n)"}|~{3,})[^\n]*\n([\s\S]*?)(?:^[ \t>]*\2[${"`"}~]*[ \t]*$|$(?![\s\S]))`;
/** A definition of a link, and a reference to one. */
const reference = String.raw`^[ \t>]*\[(?!\^)(?:[^\]\n\\]|\\.)+\]:.*$|\]\[[^\]\n]*\]`;
const span = "(`+)(?!`)((?:(?!\\n[ \\t>]*(?:\\n|[#|]|[-*+] |\\d+\\. ))[\\s\\S])*?[^`])\\4(?!`)";
const code = new RegExp([fence, reference, span].join("|"), "gm");

/** These do not end a word: inline elements, and the destination of a link. */
const inline =
  /^\]|^<\/?(?:a|abbr|b|bdi|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr)(?![\w-])/i;

const withoutSyntax = (text: string): string =>
  syntax
    .reduce((rest, pattern) => rest.replaceAll(pattern, (found) => (inline.test(found) ? "" : " ")), text)
    .replaceAll(/[*\\]|~~|==/g, "");

/** Returns the text of a body in Markdown, with that of its code, and without what its syntax needs. */
const textOfSource = (source: string): string => {
  const codes: string[] = [];
  // Liquid removes these in code, too.
  const prose = source
    .replaceAll(/\{% (?:end)?raw %\}/g, "")
    .replaceAll(code, (_, before = "", _fence, fenced?: string, _ticks?, span?: string) => {
      const at = codes.push(fenced ?? span ?? "") - 1;
      if (fenced === undefined && span === undefined) return "";
      return fenced === undefined ? `\uE000${at}\uE001` : `${before} \uE000${at}\uE001 `;
    });
  return withoutSyntax(prose).replaceAll(/\uE000(\d+)\uE001/g, (_, at) => codes[at] ?? "");
};

const textOfTree = (node: DefaultTreeAdapterTypes.Node): string => {
  if (defaultTreeAdapter.isTextNode(node)) return node.value;
  if (!("childNodes" in node)) return "";
  const text = node.childNodes.map(textOfTree).join("");
  if (!defaultTreeAdapter.isElementNode(node)) return text;
  const alt = node.attrs.find(({ name }) => name === "alt")?.value ?? "";
  return inline.test(`<${node.tagName}>`) ? text : ` ${alt}${text} `;
};

/** Chinese and Japanese have no spaces between words, and lines that are joined have none either. */
const word = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]|(?:(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}])[\p{L}\p{M}]){2,}/gu;

const wordsIn = (text: string): readonly string[] => text.normalize("NFC").match(word) ?? [];

/** Returns the words of a body in Markdown that are more often in it than in its HTML. */
export const lostWords = (source: string, html: string): readonly string[] => {
  const left = new Map<string, number>();
  for (const found of wordsIn(textOfTree(parseFragment(html)))) left.set(found, (left.get(found) ?? 0) + 1);
  const text = textOfSource(source).replaceAll("<", "&lt;");
  return wordsIn(textOfTree(parseFragment(text))).filter((found) => {
    const count = left.get(found) ?? 0;
    left.set(found, count - 1);
    return count <= 0;
  });
};

/** A mark in a word or a link over two lines may be read in another way here. A sentence that is lost has more words. */
const mostLost = 4;

/** Returns the words that a document has and its HTML has not, if they are more than a few. */
export const lostTextIn = (document: string, html: string): readonly string[] => {
  const body = document.replaceAll("\r\n", "\n").replace(/^\uFEFF?(---|\+\+\+)[ \t]*\n[\s\S]*?\n\1[ \t]*(?:\n|$)/, "");
  const lost = lostWords(body, html);
  return lost.length > mostLost ? [`${lost.length} words are lost: ${lost.slice(0, 20).join(" ")}`] : [];
};
