import { expect, test } from "vitest";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { start } from "../../support/builders.ts";
import { type Empty, pingRef, present } from "./empty.ts";

export const pingsContract = (empty: Empty): void => {
  test("a nudged ping is due when the bytes are public, without failures", async () => {
    const { store } = await empty();
    expect(await store.pings.read(pingRef)).toBeUndefined();
    await store.pings.nudge(pingRef, ["https://f.example/a"], start + minute);
    const first = present(await store.pings.read(pingRef));
    expect(first).toEqual({
      site: "blog",
      key: "main",
      hub: pingRef.hub,
      version: 1,
      topics: ["https://f.example/a"],
      publicAt: start + minute,
      attempts: 0,
      due: start + minute,
    });
    const failing = { attempts: 2, since: start, wait: start + second, pinged: start, reason: "no" };
    expect(await store.pings.save({ ...first, ...failing, due: start + hour })).toBe(true);
    expect(await store.pings.read(pingRef)).toEqual({ ...first, ...failing, version: 2, due: start + hour });
    await store.pings.nudge(pingRef, ["https://f.example/b"], start + 2 * minute);
    expect(await store.pings.read(pingRef)).toEqual({
      ...first,
      since: start,
      wait: start + second,
      pinged: start,
      reason: "no",
      version: 3,
      topics: ["https://f.example/b"],
      publicAt: start + 2 * minute,
      due: start + 2 * minute,
    });
  });

  test("a ping that is due sooner stays due then, with the newer moment of publication", async () => {
    const { store } = await empty();
    await store.pings.nudge(pingRef, ["https://f.example/a"], start);
    await store.pings.nudge(pingRef, ["https://f.example/a"], start + minute);
    expect(await store.pings.read(pingRef)).toMatchObject({ version: 2, due: start, publicAt: start + minute });
  });

  test("a ping that was nudged since it was read is not saved", async () => {
    const { store } = await empty();
    await store.pings.nudge(pingRef, [], start);
    const read = present(await store.pings.read(pingRef));
    await store.pings.nudge(pingRef, [], start + second);
    expect(await store.pings.save({ ...read, due: undefined })).toBe(false);
    expect((await store.pings.read(pingRef))?.due).toBe(start);
    const again = present(await store.pings.read(pingRef));
    expect(await store.pings.save({ ...again, due: undefined })).toBe(true);
    expect((await store.pings.read(pingRef))?.due).toBeUndefined();
  });

  test("simultaneous nudges of a ping are all counted, and the earliest due is kept", async () => {
    const { store } = await empty();
    await Promise.all(Array.from({ length: 8 }, (_, n) => store.pings.nudge(pingRef, [], start - n)));
    expect(await store.pings.read(pingRef)).toMatchObject({ version: 8, due: start - 7 });
  });
};
