import { expect, test } from "vitest";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const accounts = [
  anAccount({ name: "all", network: "paper" }),
  anAccount({ name: "english", network: "paper", language: "en" }),
  anAccount({ name: "german", network: "paper", language: "de" }),
];

const documents = {
  "hello.md": aDocument({ title: "Hello" }),
  "colour.md": aDocument({ title: "Colour", lang: "en-GB" }),
  "de/tach.md": aDocument({ title: "Tach", lang: "de-AT" }),
  "ja/konnichiwa.md": aDocument({ title: "こんにちは" }),
};

test("an account with a language announces the posts in that language, any other every post", async () => {
  const world = await aWorld({ accounts });
  for (const [path, document] of Object.entries(documents)) world.write(path, document);
  await world.app.reconcile();
  await world.sweep();
  world.turn(60_000);
  await world.sweep();
  const accountsOf = async (slug: string) => (await world.deliveries(slug)).map(({ account }) => account).toSorted();
  expect(await accountsOf("hello")).toEqual(["all", "english"]);
  expect(await accountsOf("colour")).toEqual(["all", "english"]);
  expect(await accountsOf("de/tach")).toEqual(["all", "german"]);
  expect(await accountsOf("ja/konnichiwa")).toEqual(["all"]);
});

test("a plan has the accounts that would announce the document", async () => {
  const world = await aWorld({ accounts });
  const planned = async (path: string) => {
    const plan = await world.app.plan(new TextEncoder().encode(aDocument({})), path);
    return "snippets" in plan ? plan.snippets.map(({ account }) => account) : [];
  };
  expect(await planned("a.md")).toEqual(["all", "english"]);
  expect(await planned("de/a.md")).toEqual(["all", "german"]);
});
