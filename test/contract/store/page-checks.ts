import { expect, test } from "vitest";
import type { PageCheck } from "../../../src/domain/page-check.ts";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const pageChecksContract = (empty: Empty): void => {
  test("what is known of a post's page is saved over its version", async () => {
    const { pageChecks } = (await empty()).store;
    expect(await pageChecks.read("blog", "id-1")).toBeUndefined();
    const check: PageCheck = {
      site: "blog",
      post: "id-1",
      version: 0,
      url: "https://blog.example.com/one/",
      since: start,
      failures: 1,
      next: start + 1,
      answer: undefined,
    };
    expect(await pageChecks.save(check)).toBe(true);
    expect(await pageChecks.save(check)).toBe(false);
    expect(await pageChecks.read("blog", "id-1")).toEqual({ ...check, version: 1 });
    const answers = [{ kind: "live", warnings: ["no title"] } as const, { kind: "absent", reason: "404" } as const];
    for (const [index, answer] of answers.entries()) {
      expect(await pageChecks.save({ ...check, version: index + 1, answer })).toBe(true);
      expect((await pageChecks.read("blog", "id-1"))?.answer).toEqual(answer);
    }
    expect(await pageChecks.read("other", "id-1")).toBeUndefined();
  });
};
