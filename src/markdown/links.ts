import type { MarkdownIt } from "markdown-it";
import { matchAt } from "./syntax.ts";

type Linkify = MarkdownIt["linkify"];

/** The length of what follows the scheme. A letter of Chinese or Japanese behind a Latin one belongs to the sentence. */
const lengthOf = (text: string, at: number, { re }: Linkify): number => {
  const pattern = re.get_http_validator();
  pattern.lastIndex = at;
  const [found = ""] = pattern.exec(text) ?? [];
  const sentence = found.search(/(?<=[\w~-])[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u);
  return sentence < 0 ? found.length : sentence;
};

const maxTag = 2000;
/** Stands for a character of a template tag, which may be a space, a quote or a bracket. */
const placeholder = "\uE000";

/** Bare URLs with a scheme or `www.`: `main.rs` is a file. And template tags in the address of a link. */
export const links = (md: MarkdownIt): void => {
  md.linkify.set({ fuzzyLink: false });
  md.linkify.add("//", null);
  for (const scheme of ["http:", "https:"]) md.linkify.add(scheme, { validate: lengthOf });
  md.linkify.add("www.", {
    validate: (text, at, linkify) => {
      if (/[\w/@-]/.test(text.charAt(at - 5))) return 0;
      return Math.max(0, lengthOf(`//www.${text.slice(at, at + maxTag)}`, 0, linkify) - "//www.".length);
    },
    normalize: (match) => {
      match.url = `http://${match.url}`;
    },
  });

  // The sanitiser makes addresses absolute and judges them; the text is what the author wrote.
  md.validateLink = () => true;
  md.normalizeLink = (url) => url;
  md.normalizeLinkText = (url) => url;

  const { parseLinkDestination } = md.helpers;
  md.helpers = {
    ...md.helpers,
    parseLinkDestination: (text, start, max) => {
      let masked = "";
      for (;;) {
        const [plain = ""] = /^(?:[^\s[{]|\{(?![{%])){1,500}/.exec(text.slice(start + masked.length, max)) ?? [];
        const [tag] = matchAt("tag", text, start + masked.length + plain.length) ?? [];
        masked += plain + placeholder.repeat(tag?.length ?? 0);
        if (tag === undefined || masked.length > maxTag) break;
      }
      if (!masked.includes(placeholder)) return parseLinkDestination(text, start, max);
      const found = parseLinkDestination(
        `${masked}${text.slice(start + masked.length, start + maxTag)}`,
        0,
        max - start,
      );
      // Only the placeholders differ from the text, which is of the same length.
      const address = text.slice(start, start + found.pos).replace(/^<(.*)>$/s, "$1");
      return { ...found, pos: start + found.pos, str: found.ok ? address : "" };
    },
  };
};
