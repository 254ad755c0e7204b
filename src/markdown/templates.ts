import type { Findings } from "../domain/findings.ts";
import { type Boxes, boxesOf, colons } from "./boxes.ts";
import { renderEmbed } from "./components.ts";
import { escapePunctuation } from "./maths.ts";
import { cleanProse, escapeBraces } from "./prose.ts";
import { segmentsOf } from "./segments.ts";
import { tagOfShortcode } from "./tag.ts";

/** A line of a box in Docusaurus and VuePress: `:::tip Title`, `:::tip[Title]`, closed by `:::`. */
const renderBoxLine = (line: string, boxes: Boxes): string | undefined => {
  const [, indent, kind, title] = /^([\s>]*):{3,}\s*(?:([\w-]+)\s*(.*))?$/.exec(line) ?? [];
  if (indent === undefined) return undefined;
  const label = (title ?? "").replaceAll(/^\[|\]$|\{[^{}]*\}/g, "").trim();
  const attributes = new Map([[colons, ""], ...(label === "" ? [] : [["title", label] as const])]);
  const part = kind === undefined ? "closing" : "opening";
  return boxes.render({ name: (kind ?? "").toLowerCase(), part, attributes, positional: [] }, indent);
};

/** A directive on a line of its own: `::youtube[Title]{#id}`. */
const renderDirectiveLine = (line: string): string | undefined => {
  const [, indent, name, title = "", options = ""] =
    /^([\s>]*)::([a-z][\w-]*)(?:\[([^\]]*)\])?\{([^{}]*)\}\s*$/i.exec(line) ?? [];
  if (indent === undefined || name === undefined) return undefined;
  return renderEmbed(tagOfShortcode(`${name} ${options.replace(/#(\S+)/, "id=$1")} title="${title}"`), indent);
};

/** The first line of a box in GitHub and Obsidian: `> [!NOTE]`, with or without a title. */
const renderAlertLine = (line: string): string | undefined => {
  const [, indent, kind = "", title = ""] = /^([\s>]*>[ \t]*)\[!([\w-]{1,40})\][+-]?[ \t]*(.*)$/.exec(line) ?? [];
  if (indent === undefined) return undefined;
  const label = title.trim() || kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase();
  return `${indent}<p><strong>${escapePunctuation(label)}</strong></p>\n${indent}`;
};

const isTableOfContents = (line: string): boolean => /^\s*\[\[?toc\]?\]\s*$/i.test(line);

/** Replaces known template tags, MDX and attribute lists by Markdown; leaves the others out, with a warning. */
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
      .map((line) => renderBoxLine(line, boxes) ?? renderDirectiveLine(line) ?? renderAlertLine(line) ?? line);
    return cleanProse(marked.join("\n"), { isMdx, boxes, found });
  });
  return parts.join("\n") + boxes.closeAll();
};
