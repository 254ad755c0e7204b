/** A template tag or a component: `{{< figure src="a.png" >}}`, `{% img a.png %}`, `<Figure src="a.png" />`. */
export interface Tag {
  /** In lower case. */
  readonly name: string;
  readonly part: "opening" | "closing" | "self-closing";
  /** By name in lower case. A value that is code of the site is absent. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The values without a name, without quotes. */
  readonly positional: readonly string[];
}

const withoutQuotes = (text: string): string => text.replaceAll(/^["'`]|["'`]$/g, "");

/** Reads what is between the braces of `{% … %}`, `{{ … }}`, `{{< … >}}` or `{{% … %}}`. */
export const tagOfShortcode = (inside: string): Tag => {
  const closing = /^\s*(?:\/\s*|end)([\w-]+)/.exec(inside)?.[1];
  const [first = "", ...rest] =
    inside.match(/(?<![\w-])[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"']+)|"[^"]*"|'[^']*'|`[^`]*`|[^\s"'`(),]+/g) ?? [];
  const attributes = new Map<string, string>();
  const positional: string[] = [];
  for (const part of rest) {
    const pair = /^([\w-]+)=(.*)$/s.exec(part);
    if (pair?.[1] === undefined || pair[2] === undefined) positional.push(withoutQuotes(part));
    else attributes.set(pair[1].toLowerCase(), withoutQuotes(pair[2]));
  }
  return closing === undefined
    ? {
        name: first.toLowerCase(),
        part: /(?:^|\s)\/\s*$/.test(inside) ? "self-closing" : "opening",
        attributes,
        positional,
      }
    : { name: closing.toLowerCase(), part: "closing", attributes, positional };
};

const attribute =
  /(?<![\w:-])([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{\s*(?:"([^"{}]*)"|'([^'{}]*)'|`([^`{}]*)`|(\d[\d.]*))\s*\})/g;

/** `<Name a="b" c={"d"}>`, `<Name … />`, `</Name>`. */
export const tagOfComponent = (text: string): Tag => ({
  name: (/^<\/?([\w.-]+)/.exec(text)?.[1] ?? "").toLowerCase(),
  part: text.startsWith("</") ? "closing" : text.endsWith("/>") ? "self-closing" : "opening",
  attributes: new Map(
    [...text.matchAll(attribute)].map(([, name = "", ...values]) => [
      name.toLowerCase(),
      values.find((value) => value !== undefined) ?? "",
    ]),
  ),
  positional: [],
});

/** The first of these attributes that is not empty. */
export const attributeOf = (tag: Tag, ...names: readonly string[]): string | undefined =>
  names.map((name) => tag.attributes.get(name)?.trim()).find((value) => value !== undefined && value !== "");
