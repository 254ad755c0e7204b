import fc from "fast-check";
import { expect, test } from "vitest";
import { minute, second } from "../../../src/domain/time.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const documents = 2;

/** A step moves one document to a new name, and changes up to three of its 60 words; its events come in some order, or not at all. */
const step = fc.record({
  document: fc.nat(documents - 1),
  changedWords: fc.nat(3),
  isCopiedFirst: fc.boolean(),
  events: fc.constantFrom("added first", "removed first", "added only", "removed only", "none"),
  pause: fc.constantFrom(0, second, 4 * second, minute, 9 * minute),
});

const pathsOf = (from: string, to: string): Readonly<Record<string, readonly string[]>> => ({
  "added first": [to, from],
  "removed first": [from, to],
  "added only": [to],
  "removed only": [from],
  none: [],
});

test("whatever is moved, in whatever order it is noticed, every document stays the post that it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
      const world = await aWorld({ policies: { burst: 99 } });
      const texts = Array.from({ length: documents }, (_, index) =>
        Array.from({ length: 60 }, (_word, word) => `${index}word${word}`),
      );
      const paths = texts.map((_, index) => `document-${index}.md`);
      const write = (index: number) =>
        world.write(paths[index] ?? "", aDocument({ title: `Title ${index}` }, texts[index]?.join(" ")));
      for (const index of paths.keys()) write(index);
      await world.app.reconcile();
      const settle = async () => {
        for (const pause of [minute, minute, minute, 20 * minute]) {
          world.turn(pause);
          await world.sweep();
        }
      };
      await settle();
      const idsOf = async () => Promise.all(paths.map(async (path) => (await world.post(path.slice(0, -3))).id));
      const ids = await idsOf();
      for (const [turn, { document, changedWords, isCopiedFirst, events, pause }] of steps.entries()) {
        const [from, to] = [paths[document] ?? "", `moved-${turn}.md`];
        if (isCopiedFirst) {
          world.write(to, world.files.get(from) ?? "");
          await world.ingest(to);
          world.turn(pause);
          await world.sweep();
        }
        world.erase(from);
        paths[document] = to;
        for (let word = 0; word < changedWords; word += 1)
          texts[document]?.splice(word, 1, `changed${turn}word${word}`);
        write(document);
        for (const path of pathsOf(from, to)[events] ?? []) await world.ingest(path);
        world.turn(pause);
        await world.sweep();
        await world.app.reconcile();
      }
      await settle();
      expect(await idsOf()).toEqual(ids);
      expect(world.paper.posts.map(({ deleted }) => deleted)).toEqual(ids.map(() => false));
      expect(await world.titles()).toHaveLength(documents);
      expect(await world.app.refused()).toEqual([]);
    }),
    { numRuns: 3, endOnFailure: true },
  );
});
