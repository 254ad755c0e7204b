import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { methodsOf } from "../support/configured-account.ts";

const root = join(import.meta.dirname, "../..");
const titleOf = (network: string): string => emulators.find((one) => one.network === network)?.title ?? network;

/** Returns the networks in the list that ends before these words. */
const namedBefore = (text: string, words: string): readonly string[] => {
  const list = new RegExp(`((?:[A-Z]\\w*, )*\\w+ and \\w+) ${words}`).exec(text)?.[1] ?? "";
  return list.split(/, | and /).map((name) => name.toLowerCase());
};

test.each([
  ["docs/operations.md", "are asked before each first send", "cannot be asked"],
  ["docs/before-a-send.md", "say whether the copy is there already", "cannot be asked"],
])("%s says which networks a restored table asks for its copies, and which it cannot ask", async (file, asked, not) => {
  const text = await readFile(join(root, file), "utf8");
  const [said, notSaid] = [namedBefore(text, asked), namedBefore(text, not)];
  const named = networks.flatMap((network) => {
    const title = titleOf(network.name).toLowerCase();
    const isSaid = said.includes(title);
    const isNotSaid = notSaid.includes(title) || notSaid.includes(`${title}s`);
    return isSaid === isNotSaid ? [] : [{ title, isAsked: isSaid, find: methodsOf(network).find }];
  });
  expect(named.length).toBe(said.length + notSaid.length);
  expect(named.filter(({ isAsked, find }) => isAsked !== find)).toEqual([]);
});
