import type { Bar } from "./findings.ts";

const [width, rowHeight, nameWidth, barWidth] = [720, 34, 250, 320];

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Horizontal bars, legible on a light and on a dark page. */
export const barChart = (title: string, bars: readonly Bar[]): string => {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const rows = bars.map(({ name, value, label }, index) => {
    const y = 56 + index * rowHeight;
    const length = Math.max(2, Math.round((value / most) * barWidth));
    return `<text x="${nameWidth - 12}" y="${y + 16}" text-anchor="end">${escapeXml(name)}</text>
<rect x="${nameWidth}" y="${y}" width="${length}" height="22" rx="3"/>
<text x="${nameWidth + length + 8}" y="${y + 16}">${escapeXml(label)}</text>`;
  });
  const height = 68 + bars.length * rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<style>
text { font: 14px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; }
rect { fill: #0969da; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } rect { fill: #4493f8; } }
</style>
<text class="title" x="12" y="30">${escapeXml(title)}</text>
${rows.join("\n")}
</svg>
`;
};
