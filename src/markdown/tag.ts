/** A template tag or a component as its author wrote it: `{{< figure src="a.png" >}}`, `{% img a.png %}`, `<Figure src="a.png" />`. */
export interface Tag {
  /** Without case. */
  readonly name: string;
  readonly part: "opening" | "closing" | "alone";
  /** By name, without case; a value that only the site's code knows is missing. */
  readonly attributes: ReadonlyMap<string, string>;
  /** What stands there without a name, unquoted. */
  readonly words: readonly string[];
}

const withoutQuotes = (text: string): string => text.replaceAll(/^["'`]|["'`]$/g, "");

/** What stands between the braces of `{% … %}`, `{{ … }}`, `{{< … >}}` or `{{% … %}}`. */
export const tagOfShortcode = (inside: string): Tag => {
  const closing = /^\s*(?:\/\s*|end)([\w-]+)/.exec(inside)?.[1];
  const [first = "", ...rest] =
    inside.match(/[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"']+)|"[^"]*"|'[^']*'|`[^`]*`|[^\s"'`(),]+/g) ?? [];
  const attributes = new Map<string, string>();
  const words: string[] = [];
  for (const part of rest) {
    const pair = /^([\w-]+)=(.*)$/s.exec(part);
    if (pair?.[1] === undefined || pair[2] === undefined) words.push(withoutQuotes(part));
    else attributes.set(pair[1].toLowerCase(), withoutQuotes(pair[2]));
  }
  return closing === undefined
    ? { name: first.toLowerCase(), part: /(?:^|\s)\/\s*$/.test(inside) ? "alone" : "opening", attributes, words }
    : { name: closing.toLowerCase(), part: "closing", attributes, words };
};

const attribute =
  /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{\s*(?:"([^"{}]*)"|'([^'{}]*)'|`([^`{}]*)`|(\d[\d.]*))\s*\})/g;

/** `<Name a="b" c={"d"}>`, `<Name … />`, `</Name>`. */
export const tagOfComponent = (text: string): Tag => ({
  name: (/^<\/?([\w.-]+)/.exec(text)?.[1] ?? "").toLowerCase(),
  part: text.startsWith("</") ? "closing" : text.endsWith("/>") ? "alone" : "opening",
  attributes: new Map(
    [...text.matchAll(attribute)].map(([, name = "", ...values]) => [
      name.toLowerCase(),
      values.find((value) => value !== undefined) ?? "",
    ]),
  ),
  words: [],
});

/** The first of these attributes that says something. */
export const attributeOf = (tag: Tag, ...names: readonly string[]): string | undefined =>
  names.map((name) => tag.attributes.get(name)?.trim()).find((value) => value !== undefined && value !== "");
