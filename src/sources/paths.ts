/** Pictures, dotfiles and libraries stand beside documents: they are not ours to read. */
export const isDocument = (path: string): boolean =>
  /\.(md|mdx|markdown)$/i.test(path) && path.split("/").every((segment) => !isHidden(segment));

export const isHidden = (segment: string): boolean => segment.startsWith(".") || segment === "node_modules";
