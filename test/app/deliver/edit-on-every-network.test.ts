import { describe, expect, test } from "vitest";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import { networks } from "../../../src/networks/index.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aConfiguredAccount, takesSettings } from "../../support/configured-account.ts";
import { aSnippet } from "../../support/snippets.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** A network that is sent the whole post has no text to edit. */
const withTexts = networks.filter(
  (network) => network.sendsPost?.(aConfiguredAccount({ network: network.name })) !== true,
);

const documents = {
  "a title and a summary": { title: "Gulls of the harbour", description: "A gull stole the mayor's sandwich." },
  "a title": { title: "Gulls of the harbour" },
  "a text of its author": { title: "Gulls", socialShare: "Gulls!\n\nSee https://blog.example.com/s/ now" },
  "a text that is too long": { title: "Gulls", socialShare: "All the gulls of the harbour. ".repeat(2500) },
};

const anAnnouncement = async (network: string, document: Readonly<Record<string, unknown>>) => {
  const accounts = [aConfiguredAccount({ name: "ada", network })];
  const world = await aWorld({ accounts });
  const connected = connectNetworks({
    secrets: async () => undefined,
    sandbox: "http://127.0.0.1:1",
    fetch,
    clock: world.clock,
    readPicture: async () => undefined,
  });
  const app = composeTestedApp({ ...world.parts(), networks: connected });
  await world.plan("s", aDocument({ slug: "s", tags: ["Birds"], ...document }));
  await app.stop("ada");
  await app.work(await world.postRef("s"));
  const shown = async () => {
    const text = await app.text("s", "ada");
    if (text === undefined || !("value" in text)) throw new Error(JSON.stringify(text));
    return text;
  };
  return { app, shown };
};

describe.each(withTexts)("the text that is offered to an editor on $name", ({ name }) => {
  test.each(Object.entries(documents))(
    "and saved unchanged changes nothing of what is sent: %s",
    async (_, document) => {
      const { app, shown } = await anAnnouncement(name, document);
      const before = await shown();
      expect(await app.editText("s", "ada", before.value)).toMatchObject({
        already: true,
        delivery: { text: undefined },
      });
      expect((await shown()).shown).toBe(before.shown);
      await app.editText("s", "ada", "Something else");
      expect((await shown()).shown).not.toBe(before.shown);
      expect(await app.editText("s", "ada", before.value)).toMatchObject({
        already: false,
        delivery: { text: undefined },
      });
      expect((await shown()).shown).toBe(before.shown);
    },
  );

  test("is what is sent without what Crier adds, so that nothing of it is said twice", () => {
    const network = networks.find((one) => one.name === name);
    const settings = [{}, { link: "never" }, { link: "reply" }].filter(
      (one) => network !== undefined && takesSettings(network, one),
    );
    for (const one of settings) {
      const account = aConfiguredAccount({ network: name, settings: one });
      const sent = network?.compose(aSnippet({ text: undefined }), account);
      const edited = network?.compose(aSnippet({ text: sent?.wording }), account);
      expect(edited?.text).toBe(sent?.text);
      expect(edited?.card).toEqual(sent?.card);
      expect(edited?.wording).toBe(sent?.wording);
    }
  });
});

test("the text that is offered to an editor on Bluesky has no title, which the card has", async () => {
  const { shown } = await anAnnouncement("bluesky", documents["a title and a summary"]);
  expect(await shown()).toMatchObject({ value: "A gull stole the mayor's sandwich.", card: true });
});
