import { test } from "vitest";
import type { Lacks, Need } from "./server.ts";

/** The verdict of a rule: it holds or fails, or the reason why it was not judged. */
export type Verdict = "holds" | "fails" | { readonly lacks: string };

/** The verdicts of each server, by its name and then by the rule's. */
export const verdicts = new Map<string, Map<string, Verdict>>();

export type Rule = (name: string, needs: readonly Need[], check: () => Promise<void>) => void;

/** A test of each rule that the server can judge. The others are skipped, with the reason. */
export const rulesFor = (server: string, lacks: Lacks): Rule => {
  const column = verdicts.get(server) ?? new Map<string, Verdict>();
  verdicts.set(server, column);
  return (name, needs, check) => {
    const [missing] = needs.flatMap((need) => lacks[need] ?? []);
    if (column.has(name)) throw new Error(`${server} has two rules with the name "${name}"`);
    column.set(name, missing === undefined ? "fails" : { lacks: missing });
    // The server lacks what the rule needs, which docs/peers.md names.
    test.skipIf(missing !== undefined)(name, async () => {
      await check();
      column.set(name, "holds");
    });
  };
};
