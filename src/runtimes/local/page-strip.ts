import { html } from "hono/html";

/** Where the page for people leaves room for it, right after `<body>`. */
const room = "<!-- crier:strip -->";

export interface StripWords {
  readonly accounts: readonly { readonly name: string; readonly reach: "real" | "sandbox" | "none" }[];
  /** Where the site's documents are. */
  readonly content: string;
  /** A document to edit, as a path from where Crier runs. */
  readonly file?: string;
}

const look =
  "margin:0;padding:.6rem 1rem;background:#1f2937;color:#f9fafb;font:500 .875rem/1.5 system-ui,sans-serif;text-align:center;overflow-wrap:anywhere";

const reachWords = ({ accounts }: StripWords): string => {
  const real = accounts.filter(({ reach }) => reach === "real").map(({ name }) => name);
  if (accounts.length === 0) return "No post leaves this machine: no account is configured.";
  return real.length === 0
    ? "No post leaves this machine: every account posts to the sandbox."
    : `${real.join(", ")} ${real.length === 1 ? "has" : "have"} credentials and ${real.length === 1 ? "posts" : "post"} for real; the others post to the sandbox.`;
};

/** Explains the local page to a person. A complete landmark, so that no screen reader skips it. */
export const strip = (words: StripWords): string => {
  const link = "color:#fde68a;text-underline-offset:.2em";
  const next =
    words.file === undefined
      ? html`Put a Markdown file into <code>${words.content}</code> and reload.`
      : html`Edit <code>${words.file}</code>, save, and reload.`;
  return String(
    html`<aside aria-label="Local Crier" style="${look}">${reachWords(words)} <a href="/sandbox" style="${link}">See the sandbox</a>. ${next}</aside>`,
  );
};

export const withStrip = (page: string, words: StripWords): string => page.replace(room, () => strip(words));
