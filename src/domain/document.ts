/** In bytes; longer documents are refused. */
export const maxDocument = 1024 * 1024;

/** By its name alone: only Markdown becomes a post. */
export const isMarkdown = (path: string): boolean => /\.(md|mdx|markdown)$/i.test(path);

export const isHidden = (segment: string): boolean => segment.startsWith(".") || segment === "node_modules";

/** Pictures, dotfiles and libraries are beside documents: they are not read. */
export const isDocument = (path: string): boolean =>
  isMarkdown(path) && path.split("/").every((segment) => !isHidden(segment));
