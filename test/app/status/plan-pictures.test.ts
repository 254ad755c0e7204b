import { expect, test } from "vitest";
import { aDocument, aWorld } from "../../support/world.ts";

test("plan warns of a picture without alternative text", async () => {
  const { app } = await aWorld();
  const codesOf = async (fields: object) => {
    const planned = await app.plan(new TextEncoder().encode(aDocument({ slug: "s", ...fields })), "s.md", undefined);
    return "warnings" in planned ? planned.warnings.map(({ code }) => code) : planned;
  };
  expect(await codesOf({ image: "/a.png" })).toContain("no-alt");
  expect(await codesOf({ image: "/a.png", imageAlt: "A hand press" })).not.toContain("no-alt");
  expect(await codesOf({})).not.toContain("no-alt");
});
