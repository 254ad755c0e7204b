import { html } from "hono/html";

/** The page for people has it right after `<body>`. */
const marker = "<!-- crier:strip -->";

export interface BannerOptions {
  /** The site has accounts. */
  readonly isConnected: boolean;
  /** The folder of the site's documents. Undefined where nobody edits them on this machine. */
  readonly content: string | undefined;
  /** A document to edit. */
  readonly file: string | undefined;
}

const style =
  "margin:0;padding:.6rem 1rem;background:#1f2937;color:#f9fafb;font:500 .875rem/1.5 system-ui,sans-serif;text-align:center;overflow-wrap:anywhere";

const nextStep = ({ content, file }: BannerOptions) => {
  if (file !== undefined) return html` Edit <code>${file}</code>, save, and reload.`;
  return content === undefined ? "" : html` Put a Markdown file into <code>${content}</code> and reload.`;
};

const reachText = ({ isConnected }: BannerOptions): string =>
  `No post leaves this machine: ${isConnected ? "every account posts to the sandbox" : "no account is configured"}.`;

/** Explains the local page while Crier is tried out. A landmark with a label, so that no screen reader skips it. */
export const renderBanner = (options: BannerOptions): string => {
  const link = "color:#fde68a;text-underline-offset:.2em";
  return String(
    html`<aside lang="en" dir="ltr" aria-label="Local Crier" style="${style}">${reachText(options)} <a href="/sandbox" style="${link}">See the sandbox</a>.${nextStep(options)}</aside>`,
  );
};

export const insertBanner = (page: string, banner: string): string => page.replace(marker, () => banner);
