import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ingest } from "../../../src/app/ingest/ingest-document.ts";
import { siteCommands } from "../../../src/domain/delivery-commands.ts";
import { hour } from "../../../src/domain/time.ts";
import { documentsInProcess } from "../../../src/parsing/parsers-in-process.ts";
import type { Parse } from "../../../src/ports/content.ts";
import { aSite } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** The same content, its fields in another order. */
const reordered: Parse = async (bytes, path, site) => {
  const { parsed, references } = await documentsInProcess.parse(bytes, path, site);
  if (parsed.kind !== "post") return { parsed, references };
  const { html, title, authors, ...rest } = parsed.content;
  const content = { title, authors: authors.map(({ name, ...more }) => ({ ...more, name })), ...rest, html };
  return { parsed: { ...parsed, content }, references };
};

test("the order of the fields of a document does not change its revision or its date of update", async () => {
  const world = await aWorld();
  const { source, log, config } = world.parts();
  const read = (parse: Parse) =>
    ingest(
      { site: aSite(), source, path: "a.md", isListed: true },
      {},
      {
        ...world.store,
        sources: new Map([["folder", source]]),
        policies: config.policies,
        ...documentsInProcess,
        parse,
        hash: (content) => createHash("sha256").update(content).digest("hex"),
        clock: world.clock,
        command: siteCommands(config.sites),
        log,
      },
    );
  const fields = { slug: "a", author: { name: "Ada", url: "https://ada.example/" } };
  world.write("a.md", aDocument(fields));
  await read(documentsInProcess.parse);
  const { revision, updated } = await world.post("a");
  world.turn(hour);
  world.write("a.md", aDocument({ ...fields, comment: "Nobody reads this." }));
  expect(await read(reordered)).toMatchObject({ result: "updated", post: { revision, updated } });
});

test("a picture of an article that only networks get is no update of its entry in feeds, and one of a note is", async () => {
  const world = await aWorld();
  const read = async (fields: Readonly<Record<string, unknown>>, ...images: readonly string[]) => {
    world.turn(hour);
    world.write("a.md", aDocument({ slug: "a", ...fields, images: images.map((url) => ({ url })) }, "Words."));
    expect(await world.ingest("a.md")).toMatchObject({ result: expect.stringMatching(/created|updated/) });
    return world.post("a");
  };
  const { updated } = await read({}, "/1.png");
  expect(await read({}, "/1.png", "/2.png")).toMatchObject({ updated, images: [{}, {}] });
  expect((await read({}, "/2.png")).updated).toBe(world.clock());
  const note = await read({ title: undefined }, "/1.png");
  expect(note.isNote).toBe(true);
  expect((await read({ title: undefined }, "/1.png", "/2.png")).updated).toBe(world.clock());
});
