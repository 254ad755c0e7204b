import type { Findings } from "../domain/findings.ts";
import { type Boxes, boxesOf, colons } from "./boxes.ts";
import { renderEmbed } from "./components.ts";
import { escapePunctuation } from "./maths.ts";
import { cleanProse, escapeBraces } from "./prose.ts";
import { segmentsOf } from "./segments.ts";
import { tagOfShortcode } from "./tag.ts";

/** Docusaurus' and VuePress' boxes: `:::tip Title`, `:::tip[Title]`, closed by `:::`. */
const renderBoxLine = (line: string, boxes: Boxes): string | undefined => {
  const [, indent, kind, title] = /^([\s>]*):{3,}\s*(?:([\w-]+)\s*(.*))?$/.exec(line) ?? [];
  if (indent === undefined) return undefined;
  const label = (title ?? "").replaceAll(/^\[|\]$|\{[^{}]*\}/g, "").trim();
  const attributes = new Map([[colons, ""], ...(label === "" ? [] : [["title", label] as const])]);
  const part = kind === undefined ? "closing" : "opening";
  return boxes.place({ name: (kind ?? "").toLowerCase(), part, attributes, words: [] }, indent);
};

/** `::youtube[Title]{#id}`: one thing on a line of its own. */
const renderLeafLine = (line: string): string | undefined => {
  const [, indent, name, title = "", options = ""] =
    /^([\s>]*)::([a-z][\w-]*)(?:\[([^\]]*)\])?\{([^{}]*)\}\s*$/i.exec(line) ?? [];
  if (indent === undefined || name === undefined) return undefined;
  return renderEmbed(tagOfShortcode(`${name} ${options.replace(/#(\S+)/, "id=$1")} title="${title}"`), indent);
};

/** GitHub's and Obsidian's boxes: `> [!NOTE]`, with a title or without. */
const renderAlertLine = (line: string): string | undefined => {
  const [, indent, kind = "", title = ""] = /^([\s>]*>[ \t]*)\[!([\w-]{1,40})\][+-]?[ \t]*(.*)$/.exec(line) ?? [];
  if (indent === undefined) return undefined;
  const label = title.trim() || kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase();
  return `${indent}<p><strong>${escapePunctuation(label)}</strong></p>\n${indent}`;
};

const isTableOfContents = (line: string): boolean => /^\s*\[\[?toc\]?\]\s*$/i.test(line);

/** Markdown without template tags, MDX and attribute lists: the known ones mapped, the others left out and named. */
export const withoutTemplates = (body: string, isMdx: boolean, found: Findings): string => {
  const boxes = boxesOf(body);
  const segments = segmentsOf(body, isMdx, () =>
    found.warn("template-dropped", "body", "An export was left out: Crier does not run the site's templates."),
  );
  const parts = segments.map(({ kind, lines }) => {
    if (kind === "code") return lines.join("\n");
    if (kind === "text") return escapeBraces(lines.join("\n"));
    const marked = lines
      .filter((line) => !isTableOfContents(line))
      .map((line) => renderBoxLine(line, boxes) ?? renderLeafLine(line) ?? renderAlertLine(line) ?? line);
    return cleanProse(marked.join("\n"), { isMdx, boxes, found });
  });
  return parts.join("\n") + boxes.end();
};
