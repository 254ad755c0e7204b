import { escapeHtml } from "./sanitise.ts";

/** This module reads what a site shows above code: the name of a file or a title, and where the code is from. */

interface CodeCaption {
  readonly title: string;
  /** The page that the code is from, with the text of the link to it. */
  readonly source?: { readonly url: string; readonly label: string };
}

/** Returns the caption as a paragraph. `read` returns a text of the source as it is read. */
export const captionHtml = ({ title, source }: CodeCaption, read = (text: string): string => text): string => {
  const html = (text: string): string => escapeHtml(read(text));
  const link = source === undefined ? "" : ` <a href="${html(source.url)}">${html(source.label)}</a>`;
  return `<p><strong>${html(title)}</strong>${link}</p>`;
};

/** Reads `title="main.js"`, and `filename="main.js"` of Nextra. */
const namedTitle = (options: string): CodeCaption | undefined => {
  const [, , title = ""] = /(?:^|\s)(?:title|filename)=(["'])(.*?)\1/.exec(options) ?? [];
  return title.trim() === "" ? undefined : { title: title.trim() };
};

/** Matches an option of Hexo for code, which is not part of the caption. */
const hexoOption = /^(?:lang|line_number|line_threshold|first_line|wrap|mark|language_attr|highlight):\S/;

/** Reads `[title] [url] [link text]` of Hexo, which calls a link without a text "link". */
const hexoCaption = (words: readonly string[]): CodeCaption | undefined => {
  const at = words.findIndex((word, index) => index > 0 && /^https?:\/\/\S/i.test(word));
  const url = words[at];
  const title = words.slice(0, url === undefined ? undefined : at).join(" ");
  if (title === "") return undefined;
  return { title, ...(url !== undefined && { source: { url, label: words.slice(at + 1).join(" ") || "link" } }) };
};

const wordsIn = (text: string): readonly string[] =>
  text.split(/\s+/).filter((word) => word !== "" && !hexoOption.test(word));

const fileCharacters = /^[\p{L}\p{N}_@$+~.()[\]/\\-]{1,200}$/u;
const extension = /\.\p{L}[\p{L}\p{N}]{0,14}$/u;
/** In rehype-pretty-code, `/word/` and `/word/1-2` say what is marked in the code. */
const absolutePath = /^\/.*\/\p{L}[\p{L}\p{N}_-]{2,}$/u;
const fileWithoutExtension = /^(?:(?:[A-Z][A-Za-z]*|make|just)file|LICENSE|README|CHANGELOG|CODEOWNERS|CNAME)$/;

const isRelativePath = (word: string): boolean => word.indexOf("/") > 0 && /\p{L}/u.test(word);

/** True for `_config.yml`, `src/main`, `.env` and `Dockerfile`. */
const isFile = (word: string): boolean =>
  fileCharacters.test(word) &&
  (isRelativePath(word) || [extension, absolutePath, fileWithoutExtension].some((one) => one.test(word)));

/**
 * Returns the caption of a fence: ```` ```js title="main.js" ````, or behind the language a file or a title with a URL.
 * Hexo shows any words there (`[language] [title] [url] [link text]`, its filter backtick_code_block). For others they are
 * options (`rust ignore`, `ts twoslash`): alone, only the name of a file is a caption, as on react.dev.
 */
export const fenceCaption = (info: string): CodeCaption | undefined => {
  const named = namedTitle(info);
  if (named !== undefined || /^\s*\{/.test(info)) return named;
  const words = wordsIn(info).slice(1);
  const caption = hexoCaption(words);
  if (caption?.source !== undefined && !/[={}[\]"'`]/.test(caption.title)) return caption;
  const [file] = words;
  return file !== undefined && isFile(file) ? { title: file } : undefined;
};

const namedOption = /(?<![\w-])[\w-]+=(?:"[^"]*"|'[^']*'|\S+)/g;

/** Returns the caption of `{% codeblock [title] [lang:language] [url] [link text] %}` of Octopress and Hexo. */
export const codeTagCaption = (options: string): CodeCaption | undefined =>
  namedTitle(options) ??
  hexoCaption(wordsIn(options.replaceAll(namedOption, "").replaceAll(/(?<!\S)["']|["'](?!\S)/g, "")));
