/** A template tag that means the same everywhere, as Markdown; `""` where its content stands for itself; undefined: unknown. */
export const knownShortcode = (inside: string): string | undefined => {
  const [name = "", ...rest] = inside.match(/[\w-]+=(?:"[^"]*"|'[^']*'|[^\s"']+)|"[^"]*"|'[^']*'|[^\s"'(),]+/g) ?? [];
  const unquoted = rest.map((part) => part.replaceAll(/^["']|["']$/g, ""));
  const named = new Map(
    rest.flatMap((part) => {
      const pair = /^([\w-]+)=["']?([^"']*)["']?$/.exec(part);
      return pair?.[1] === undefined || pair[2] === undefined ? [] : [[pair[1].toLowerCase(), pair[2]] as const];
    }),
  );
  const [first] = unquoted;
  const video = named.get("id") ?? first;
  const kind = name.toLowerCase() === "include" && /youtube/i.test(first ?? "") ? "youtube" : name.toLowerCase();
  const word = (text: string | undefined) => (text ?? "").replaceAll(/[[\]<>]/g, "");
  const target = (text: string) => `<${text.replaceAll(/[<>\s]/g, "")}>`;
  switch (kind) {
    case "youtube":
      return /^[\w-]{6,20}$/.test(video ?? "")
        ? `\n\n[Video](https://www.youtube.com/watch?v=${video})\n\n`
        : undefined;
    case "vimeo":
      return /^\d+$/.test(video ?? "") ? `\n\n[Video](https://vimeo.com/${video})\n\n` : undefined;
    case "figure": {
      const src = named.get("src") ?? named.get("link");
      if (src === undefined) return undefined;
      const caption = word(named.get("caption") ?? named.get("title")).replaceAll("*", "");
      return `\n\n![${word(named.get("alt"))}](${target(src)})${caption === "" ? "" : `\n*${caption}*`}\n\n`;
    }
    case "img":
    case "asset_img": {
      const at = unquoted.findIndex((part) => /[./]/.test(part));
      return at < 0
        ? undefined
        : `![${word(
            unquoted
              .slice(at + 1)
              .filter((part) => !/^\d+$/.test(part))
              .join(" "),
          )}](${target(unquoted[at] ?? "")})`;
    }
    case "link": {
      const at = unquoted.findIndex((part) => /^https?:/.test(part));
      return at < 0
        ? undefined
        : `[${word(unquoted.slice(0, at).join(" ")) || word(unquoted[at])}](${target(unquoted[at] ?? "")})`;
    }
    case "post_link":
      return word(unquoted.slice(1).join(" ") || first);
    default:
      // Boxes: what stands in them is kept.
      return /^(end)?(note|tip|info|warning|callout|admonition|quote|blockquote|pullquote|raw|center|details)$|^\//.test(
        kind,
      )
        ? ""
        : undefined;
  }
};
