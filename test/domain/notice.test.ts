import { describe, expect, test } from "vitest";
import { afterNotice, maxItems, type Notice, quietFor, raise, readyItems } from "../../src/domain/notice.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";

const aNotice = (overrides: Partial<Notice> = {}): Notice => ({
  site: "blog",
  to: "owner",
  about: "failed:one",
  version: 1,
  items: [],
  more: 0,
  attempts: 0,
  since: undefined,
  wait: undefined,
  reason: undefined,
  told: undefined,
  count: 0,
  content: undefined,
  due: undefined,
  ...overrides,
});

const item = (id: string, from = start) => ({ id, from });
const taken = { kind: "taken" } as const;
const sentOf = (notice: Notice, now: number) => ({
  items: readyItems(notice, now),
  more: notice.more,
  content: "hash",
});

describe("a notice", () => {
  test("to a site is due when the first of its items can be told", () => {
    const one = raise(aNotice({ to: "site" }), item("a", start + minute));
    expect(one.due).toBe(start + minute);
    expect(raise(one, item("b", start)).due).toBe(start);
    expect(raise(one, item("b", start + hour)).due).toBe(start + minute);
  });

  test("to the owner is due when nothing more comes, or after ten minutes", () => {
    const one = raise(aNotice(), item("a", start + minute));
    expect(one.due).toBe(start + minute);
    expect(raise(one, item("b", start + 3 * minute)).due).toBe(start + 3 * minute);
    expect(raise(one, item("b", start + hour)).due).toBe(start + 11 * minute);
  });

  test("has an item once", () => {
    expect(raise(raise(aNotice(), item("a")), item("a", start + 1)).items).toEqual([item("a", start + 1)]);
  });

  test("keeps a bounded list, and counts what is beyond it", () => {
    let notice = aNotice();
    for (let n = 0; n < maxItems + 3; n += 1) notice = raise(notice, item(String(n)));
    expect([notice.items.length, notice.more]).toEqual([maxItems, 3]);
    expect(afterNotice(notice, sentOf(notice, start), taken, "", start)).toMatchObject({
      items: [],
      more: 0,
      due: undefined,
    });
  });

  test("keeps what was raised while it was told", () => {
    const read = raise(aNotice(), item("a"));
    const raised = raise(read, item("b", start + minute));
    const after = afterNotice(raised, sentOf(read, start), taken, "", start);
    expect(after).toMatchObject({ items: [item("b", start + minute)], told: start, count: 1, content: "hash" });
    expect(after.due).toBe(start + quietFor);
  });

  test("to a site is due as soon as there is something new", () => {
    const read = raise(aNotice({ to: "site" }), item("a"));
    const raised = raise(read, item("a", start + minute));
    expect(afterNotice(raised, sentOf(read, start), taken, "", start).due).toBe(start + minute);
  });

  test("with nothing to tell any more counts no message", () => {
    const notice = raise(aNotice(), item("a"));
    const sent = { ...sentOf(notice, start), content: undefined };
    expect(afterNotice(notice, sent, taken, "", start)).toMatchObject({ count: 0, told: undefined, due: undefined });
  });

  test("that was refused keeps all of it, and does not come before its receiver asked for", () => {
    const notice = raise(aNotice(), item("a"));
    const after = afterNotice(
      notice,
      sentOf(notice, start),
      { kind: "refused", reason: "429", retryAfter: hour },
      "",
      start,
    );
    expect(after).toMatchObject({ items: [item("a")], attempts: 1, due: start + hour });
    expect(raise(after, item("b", start + minute)).due).toBe(start + hour);
  });
});
