import { constructs } from "../support/constructs.ts";
import type { Pump } from "./pattern-pumps.ts";

const deep = (open: string, close: string): Pump => ({ start: open.repeat(1000), unit: "a ", end: close.repeat(1000) });

export const constructPumps: readonly Pump[] = [
  ...constructs.map((unit) => ({ start: "", unit, end: "" })),
  ...constructs.map((unit) => ({ start: "a ", unit, end: "\n\nb" })),
  ...[
    deep("[", "](a)"),
    deep("*a ", "a*"),
    deep("> ", ""),
    deep("<div>", "</div>"),
    deep("<b>", "</b>"),
    deep("(", ")"),
  ],
  { start: `${">".repeat(150_000)}<Code>{\``, unit: "\n", end: "`}</Code>" },
];
