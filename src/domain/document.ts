/** By its name alone: only Markdown becomes a post. */
export const isMarkdown = (path: string): boolean => /\.(md|mdx|markdown)$/i.test(path);
