import type { Findings } from "./findings.ts";
import { knownShortcode } from "./shortcodes.ts";

/**
 * Everything in prose that some generator would have replaced, leftmost first, so that code spans and the attributes of a tag
 * hide what only looks like it. All repetitions are bounded or start with different characters: no catastrophic backtracking.
 */
const template = new RegExp(
  [
    /(?<code>(?<ticks>`+)(?!`)[^\n]{0,2000}?[^`\n]\k<ticks>(?!`))/,
    /(?<comment>\{\/\*[\s\S]{0,2000}?\*\/\})/,
    /(?<space>\{\s*["']\s+["']\s*\})/,
    /\{%-?(?<liquid>[^%]{0,1000})-?%\}/,
    /\{\{[<%-]?(?<output>[^{}]{0,1000}?)\/?[>%-]?\}\}/,
    /(?<generic>(?<=\w)<[A-Z]\w{0,40}>)/,
    /(?<component><\/?[A-Z][\w.]{0,80}(?:[\s/](?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|[^<>"'{}])*)?>|<\/?>)/,
    /(?<element><[a-z][\w-]{0,40}\s(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|[^<>"'{}])*>)/,
    /(?<module>^import\s+(?:[\w*{][^;"'`]{0,500}?\sfrom\s+)?["'][^"'\n]{1,300}["'];?[ \t]{0,9}$)/,
    /(?<attributes>[ \t]{0,9}\{[#:][^{}\n]{1,100}\}[ \t]{0,9}$|(?<=[)\]*_])\{:[^{}\n]{1,100}\})/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gm",
);

const mdx = /^export\s+(?:const|let|default|function)\b[^\n]*$|\{[A-Za-z_$][\w$.[\]"'()]{0,200}\}/gm;

const bare = (name: string): string => name.trim().replaceAll(/\s+/g, " ").slice(0, 60);

const tagName = (tag: string): string => (/^<\/?[\w.]+/.exec(tag)?.[0] ?? "<").replace("/", "");

/** A fragment says nothing; a player is a link; undefined: unknown. What stands between two tags is kept. */
const component = (tag: string): string | undefined => {
  if (/^<\/?>$/.test(tag)) return "";
  const id =
    /^<(?:lite-)?youtube\w*\s[^>]*?(?:id|src|url)=\{?["'](?:https?:\/\/[^"'\s]*?(?:embed\/|v=|youtu\.be\/))?([\w-]{6,20})\b/i.exec(
      tag,
    )?.[1];
  return id === undefined ? undefined : knownShortcode(`youtube ${id}`);
};

const prose = (text: string, isMdx: boolean, found: Findings): string => {
  const dropped = (what: string) => {
    found.warn("template-dropped", "body", `${what} was left out: Crier does not run the site's templates.`);
    return "";
  };
  const replaced = text.replaceAll(template, (whole: string, ...rest: readonly unknown[]) => {
    const groups: Readonly<Record<string, unknown>> = Object(rest.at(-1));
    const group = (name: string) => (typeof groups[name] === "string" ? groups[name] : undefined);
    const inside = group("liquid") ?? group("output");
    if (group("code") !== undefined) return whole;
    if (inside !== undefined) return knownShortcode(inside.trim()) ?? dropped(`The tag \`${bare(inside)}\``);
    if (group("space") !== undefined) return " ";
    if (/^\{\/\*\s*(more|truncate)\s*\*\/\}$/i.test(whole)) return "<!--more-->";
    if (group("generic") !== undefined) return whole.replace("<", "&lt;").replace(">", "&gt;");
    // Attributes in braces are JSX; the element itself is HTML.
    if (group("element") !== undefined) return whole.replaceAll(/\s[\w-]+=\{(?:[^{}]|\{[^{}]*\})*\}/g, "");
    if (group("component") !== undefined) return component(whole) ?? dropped(`The component ${bare(tagName(whole))}>`);
    if (group("module") !== undefined) return dropped("An import");
    return "";
  });
  return isMdx ? replaced.replaceAll(mdx, (whole) => dropped(`The expression \`${bare(whole)}\``)) : replaced;
};

interface Block {
  /** The line that ends it. */
  readonly end: RegExp;
  /** What stands in the place of that line. */
  readonly close: string | undefined;
}

/** Code, in the ways that blogs write it: nothing in it is a template. */
const blockAt = (line: string): (Block & { readonly open: string }) | undefined => {
  const fence = /^(?:[\s>]|[-*+]\s|\d+[.)]\s)*(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(line);
  const mark = fence?.[1] ?? fence?.[2];
  if (mark !== undefined)
    return { open: line, end: new RegExp(`^[\\s>]*${mark.charAt(0)}{${mark.length},}\\s*$`), close: undefined };
  const tag = /^\s*\{%-?\s*(codeblock|code|highlight)\b([^%]*)%\}\s*$/.exec(line);
  const hugo = /^\s*\{\{[<%]\s*highlight\s+"?([\w+#-]*)[^}]*\}\}\s*$/.exec(line);
  const language =
    hugo?.[1] ??
    /lang:([\w+#-]+)/.exec(tag?.[2] ?? "")?.[1] ??
    (tag?.[1] === "highlight" ? tag[2]?.trim().split(/\s/, 1)[0] : "");
  if (tag !== null)
    return { open: `~~~~~${language ?? ""}`, end: new RegExp(`\\{%-?\\s*end${tag[1]}\\s*-?%\\}`), close: "~~~~~" };
  if (hugo !== null) return { open: `~~~~~${language ?? ""}`, end: /\{\{[<%]\s*\/\s*highlight/, close: "~~~~~" };
  if (/^\s*\{%-?\s*raw\s*-?%\}\s*$/.test(line)) return { open: "", end: /\{%-?\s*endraw\s*-?%\}/, close: "" };
  if (/^\s*\$\$\s*$/.test(line)) return { open: "~~~~~math", end: /^\s*\$\$\s*$/, close: "~~~~~" };
  return undefined;
};

/** Docusaurus' and VuePress' boxes: `:::tip Title`. */
const box = (line: string): string | undefined => {
  const opening = /^\s*:{3,}\s*(?:(\w+)\s*(.*))?$/.exec(line);
  if (opening === null) return undefined;
  const [, kind = "", title = ""] = opening;
  const label = title.replaceAll(/^\[|\]$|\{[^{}]*\}/g, "").trim() || kind.charAt(0).toUpperCase() + kind.slice(1);
  return label === "" ? "\n" : `\n**${label}**\n`;
};

/** Code by indentation (CommonMark §4.4): after an empty line, outside of lists. */
const isIndented = (line: string, before: string, text: string): boolean =>
  /^(?: {4}|\t)\s*\S/.test(line) &&
  (before.trim() === "" || /^(?: {4}|\t)/.test(before)) &&
  !/^\s*(?:[-*+]|\d+[.)])\s/.test(text);

/** Markdown without template tags, MDX and attribute lists: the known ones mapped, the others left out and named. */
export const withoutTemplates = (body: string, isMdx: boolean, found: Findings): string => {
  const out: string[] = [];
  let pending: string[] = [];
  let block: Block | undefined;
  let before = "";
  /** The last line that began at the margin: a list's continuation is indented, and no code. */
  let margin = "";
  const flush = () => {
    if (pending.length > 0) out.push(prose(pending.join("\n"), isMdx, found));
    pending = [];
  };
  for (const line of body.split("\n")) {
    if (block !== undefined) {
      const ends = block.end.test(line);
      out.push(ends ? (block.close ?? line) : line);
      if (ends) block = undefined;
      continue;
    }
    const isCode = !isMdx && isIndented(line, before, margin);
    before = line;
    if (/^ {0,3}\S/.test(line)) margin = line;
    if (isCode) {
      flush();
      out.push(line);
      continue;
    }
    const opened = blockAt(line);
    if (opened === undefined) {
      if (!/^\s*\[\[?toc\]?\]\s*$/i.test(line)) pending.push(box(line) ?? line);
      continue;
    }
    flush();
    out.push(opened.open);
    block = opened;
  }
  flush();
  return out.join("\n");
};
