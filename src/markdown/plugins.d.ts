declare module "markdown-it-emoji/lib/data/full.mjs" {
  const emoji: Readonly<Record<string, string>>;
  export default emoji;
}
declare module "markdown-it-*" {
  import type { MarkdownIt } from "markdown-it";
  export default function plugin(md: MarkdownIt): void;
}
