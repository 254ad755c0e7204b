import { expect, test } from "vitest";
import type { NoticeRef } from "../../../src/ports/store.ts";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

const ref: NoticeRef = { kind: "notice", site: "blog", to: "owner", about: "failed:one#1" };

export const noticesContract = (empty: Empty): void => {
  test("a new notice has nothing to tell", async () => {
    const { store } = await empty();
    const { kind: _, ...rest } = ref;
    expect(await store.notices.read(ref)).toEqual({ ...rest, version: 0, items: [], more: 0, attempts: 0, count: 0 });
  });

  test("a notice is saved with all that it tells, and is due", async () => {
    const { store } = await empty();
    const notice = {
      ...(await store.notices.read(ref)),
      items: [{ id: "p1.one.0", from: start }],
      more: 2,
      attempts: 1,
      since: start,
      wait: start + 2,
      reason: "503",
      told: start - 1,
      count: 4,
      content: "hash",
      due: start + 1,
    };
    expect(await store.notices.save(notice)).toBe(true);
    expect(await store.notices.read(ref)).toEqual({ ...notice, version: 1 });
    expect(await store.due.before(start + 1, 10)).toEqual([ref]);
  });

  test("a notice that was saved since it was read is not saved", async () => {
    const { store } = await empty();
    const read = await store.notices.read(ref);
    expect(await Promise.all([store.notices.save(read), store.notices.save(read)])).toEqual(
      expect.arrayContaining([true, false]),
    );
    expect(await store.notices.save(read)).toBe(false);
  });
};
