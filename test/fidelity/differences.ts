import type { Generator } from "./constructs.ts";

export type Aspect = "address" | "links" | "html" | "summary";

/** A difference between Crier and a generator, and its reason. */
export interface Difference {
  readonly reason: string;
  readonly aspects: readonly Aspect[];
  /** The generators that differ, by construct. */
  readonly where: Readonly<Record<string, readonly Generator[]>>;
}

const all = ["hugo", "jekyll", "eleventy", "astro", "hexo"] as const;

export const differences: readonly Difference[] = [
  {
    reason:
      "Crier reads one language of Markdown from every generator. This generator, as it is configured here, shows the construct as it is written.",
    aspects: ["html", "links"],
    where: {
      tasks: ["eleventy"],
      footnotes: ["eleventy", "hexo"],
      "definition list": ["eleventy", "astro"],
      "picture in an HTML block": all,
      admonition: all,
      alert: all,
      emoji: ["jekyll", "eleventy", "astro", "hexo"],
      "mark and subscript": ["jekyll", "eleventy", "astro", "hexo"],
    },
  },
  {
    reason:
      "Crier links every address, and ends it before Chinese. The generator links none, or links the Chinese too.",
    aspects: ["html", "links"],
    where: { "bare URLs": all },
  },
  {
    reason: "By CommonMark `**` beside Chinese punctuation is no emphasis. Crier shows what the author meant.",
    aspects: ["html"],
    where: { "emphasis in Chinese": ["hugo", "eleventy", "astro", "hexo"] },
  },
  {
    reason:
      "The generator leaves formulas to a script. Feed readers have none: Crier shows them as code, and prices as text.",
    aspects: ["html"],
    where: { "maths and prices": all },
  },
  {
    reason: "One tilde around a number is a subscript, as in Pandoc. Hugo makes it a deletion.",
    aspects: ["html"],
    where: { "mark and subscript": ["hugo"] },
  },
  {
    reason:
      "Crier does not run templates. A block that has nothing but their values is left out, with a link to the page.",
    aspects: ["html", "links"],
    where: { "template values": all },
  },
  {
    reason: "A table of contents leads to places of the page, not of the entry: it is left out.",
    aspects: ["html", "links"],
    where: { "attribute list": ["jekyll"] },
  },
  {
    reason: "A film whose title the document does not say is called a video.",
    aspects: ["html"],
    where: { film: ["hexo"] },
  },
  {
    reason: "Hexo makes every line a line of its own. Crier follows Markdown.",
    aspects: ["html"],
    where: { basics: ["hexo"], "definition list": ["hexo"] },
  },
  {
    reason:
      "Hugo takes the day from the date as it is written. Crier takes the day in the site's time zone, as others do.",
    aspects: ["address"],
    where: { "date near midnight": ["hugo"] },
  },
  {
    reason:
      "The generator leaves a link to a file, which leads nowhere on its site. Crier links the page of the document.",
    aspects: ["links"],
    where: { "links to files": ["jekyll", "astro", "hexo"] },
  },
  {
    reason: "The generator leaves a dead link. In Crier it is text.",
    aspects: ["html", "links"],
    where: { "link to nothing": all },
  },
  {
    reason: "No reader can load a picture from the site's sources: it is left out, with a warning.",
    aspects: ["html", "links"],
    where: { "picture in the sources": ["astro"] },
  },
  {
    reason:
      "Astro copies pictures to names that only its build knows: put those that a feed should show into `public/`.",
    aspects: ["links"],
    where: { bundle: ["astro"] },
  },
  {
    reason:
      "Without a summary of the author's, Hugo takes the first 70 words and Jekyll everything. Crier takes the first paragraph that can be read alone: no greeting, no stub.",
    aspects: ["summary"],
    where: { "first paragraph": ["hugo"], stub: ["hugo", "jekyll"], greeting: ["hugo", "jekyll"] },
  },
  {
    reason:
      "A table whose header has fewer cells than its delimiter row is no table by GitHub's rules, and has a short row in kramdown. Crier completes it.",
    aspects: ["html"],
    where: { "table with a short header": ["jekyll", "eleventy", "astro", "hexo"] },
  },
  {
    reason: "The generator shows text that was written in a wrong encoding as it is. Crier repairs it.",
    aspects: ["html"],
    where: { "text in a wrong encoding": all },
  },
];
