const dateTokens = new Map([
  ["%Y", ":year"],
  ["%m", ":month"],
  ["%-m", ":i_month"],
  ["%d", ":day"],
  ["%-d", ":i_day"],
]);

const dateToken = (format: string): string => format.replaceAll(/%-?[a-z]/gi, (one) => dateTokens.get(one) ?? one);

const expressions: readonly (readonly [RegExp, (format: string) => string])[] = [
  [/^page\.fileSlug(?:\s*\|\s*slug(?:ify)?)?$/, () => ":slug"],
  // It begins with a slash.
  [/^page\.filePathStem$/, () => "/:sections/:slug"],
  [/^title\s*\|\s*slug(?:ify)?$/, () => ":post_title"],
  [/^page\.date\s*\|\s*date:\s*["']([^"']*)["']$/, dateToken],
];

/** Eleventy's expressions as tokens: `/blog/{{ page.fileSlug }}/` is `/blog/:slug/`. Others stay as they are. */
export const withTokens = (permalink: string): string =>
  permalink.replaceAll(/\{\{((?:(?!\{\{|\}\}).)*)\}\}/g, (whole, inside: string) => {
    const expression = inside.replaceAll(/^-|-$/g, "").trim();
    for (const [pattern, token] of expressions) {
      const found = pattern.exec(expression);
      if (found !== null) return token(found[1] ?? "");
    }
    return whole;
  });
