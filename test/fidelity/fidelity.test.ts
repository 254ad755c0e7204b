import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { day } from "../../src/domain/time.ts";
import { aSite } from "../support/builders.ts";
import { aWorld } from "../support/world.ts";
import { constructs, type Generator, generators } from "./constructs.ts";
import { type Aspect, differences } from "./differences.ts";
import { normalise, plainText } from "./normalise.ts";
import { documentOf, shapes } from "./shapes.ts";
import { type Cell, explains, ourSides, reasons, writeTable } from "./table.ts";

const page = z.object({ address: z.string(), summary: z.string(), html: z.string() });
const golden = z.object({ version: z.string(), pages: z.record(z.string(), page) });

type Golden = z.infer<typeof golden>;

const feed = z.object({
  items: z.array(
    z.object({ title: z.string(), url: z.string(), summary: z.string().default(""), content_html: z.string() }),
  ),
});

const introduction = `# What a feed shows of a generator's documents

The same documents, rendered by five generators and published by Crier with the permalink that docs/addresses.md names for
each. They are compared after what a reader does not see was taken out: classes, ids, typographic quotation marks. \`=\` is
the same address, links, HTML and (where there is one) summary; a number is a difference whose reason is below the table.
Nothing is where the generator has no such construct.

\`npm run test:fidelity\` makes this page and fails for a difference without a reason.`;

const siteUrl = "https://blog.example.com/";

/** The same documents in Crier, as its feed shows them. */
const publish = async (generator: Generator) => {
  const { site } = shapes[generator];
  const feeds = { ...aSite().feeds, main: "all", entries: 100 } as const;
  const world = await aWorld({ accounts: [], site: { url: siteUrl, timeZone: "Europe/Vienna", feeds, ...site } });
  world.turn(2 * day);
  const documents = constructs.flatMap((construct) => documentOf(generator, construct) ?? []);
  for (const { path, text } of documents) world.write(path, text);
  for (const { path } of documents) await world.ingest(path);
  await world.sweep();
  const stored = await world.objects.read("feed.json");
  const { items } = feed.parse(JSON.parse(new TextDecoder().decode(stored?.bytes)));
  return new Map(items.map((item) => [item.title, item]));
};

const rendered = async (generator: Generator) =>
  golden.parse(JSON.parse(await readFile(`${import.meta.dirname}/golden/${generator}.json`, "utf8")));

const cellsOf = (
  generator: Generator,
  pages: Golden["pages"],
  entries: Awaited<ReturnType<typeof publish>>,
): readonly Cell[] =>
  constructs.flatMap(({ name: construct, bodies, group }): readonly Cell[] => {
    if (bodies[generator] === undefined) return [];
    const theirs = pages[construct];
    const ours = entries.get(construct);
    if (theirs === undefined || ours === undefined)
      throw new Error(
        `${generator}: ${construct}: ${theirs === undefined ? "render.ts has to be run" : "not in the feed"}`,
      );
    const [their, our] = [
      normalise(theirs.html, new URL(theirs.address, siteUrl).href),
      normalise(ours.content_html, ours.url),
    ];
    const of = (aspect: Aspect, theirs: string, ours: string): Cell => ({ generator, construct, aspect, theirs, ours });
    return [
      of("address", decodeURI(theirs.address), decodeURI(new URL(ours.url).pathname)),
      of("links", their.links.join("\n"), our.links.join("\n")),
      of("html", their.text, our.text),
      ...(group === "summaries" && theirs.summary !== ""
        ? [of("summary", plainText(theirs.summary), plainText(ours.summary))]
        : []),
    ];
  });

const cells: Cell[] = [];
const versions: Record<string, string> = {};

test.each(generators)("what %s renders is in the feed, except where a difference has a reason", async (generator) => {
  const { version, pages } = await rendered(generator);
  const own = cellsOf(generator, pages, await publish(generator));
  versions[generator] = version;
  cells.push(...own);
  for (const cell of own)
    if (!differences.some((difference) => explains(difference, cell)))
      expect.soft(cell.ours, `${generator}: ${cell.construct}: ${cell.aspect}`).toBe(cell.theirs);
});

test("every reason is one for a difference that there is", () => {
  const differing = cells.filter(({ theirs, ours }) => theirs !== ours);
  const stale = differences.flatMap((difference) =>
    Object.entries(difference.where).flatMap(([construct, where]) =>
      where
        .filter(
          (generator) =>
            !differing.some(
              (cell) => cell.construct === construct && cell.generator === generator && explains(difference, cell),
            ),
        )
        .map((generator) => `${generator}: ${construct}: ${difference.reason}`),
    ),
  );
  expect(stale).toEqual([]);
});

test("the differences are as they were reviewed, and docs/fidelity.md has the table", async () => {
  const table = writeTable(cells, versions);
  console.log(table);
  await expect(ourSides(cells)).toMatchFileSnapshot("golden/crier.txt");
  await expect(`${introduction}\n\n${table}\n\n${reasons()}\n`).toMatchFileSnapshot("../../docs/fidelity.md");
});
