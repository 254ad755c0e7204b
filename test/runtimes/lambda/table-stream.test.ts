import { expect, test } from "vitest";
import type { Ref } from "../../../src/ports/store.ts";
import { relayHandler } from "../../../src/runtimes/lambda/table-stream.ts";
import { deliveryKey, feedStateKey, postKey } from "../../../src/store/keys.ts";
import { scheduledEvent, streamEvent } from "./recorded-events.ts";

const now = Date.parse("2026-03-01T08:00:00Z");

const aRelay = () => {
  const offers: (readonly Ref[])[] = [];
  const waits: number[] = [];
  const sweeps: number[] = [];
  const handler = relayHandler({
    clock: () => now,
    offer: async (refs, after) => {
      offers.push(refs);
      waits.push(after);
    },
    sweep: async () => {
      sweeps.push(now);
    },
  });
  return { handler, offers, waits, sweeps };
};

test("rows that are due now are offered, whatever their kind", async () => {
  const { handler, offers, sweeps } = aRelay();
  const delivery = { site: "blog", post: "p#1", account: "x", generation: 1 };
  await handler(
    streamEvent(
      { ...postKey("blog", "p#1"), dueAt: now - 1 },
      { ...feedStateKey("blog", "categories/c"), dueAt: now },
      { ...deliveryKey(delivery), dueAt: 0 },
    ),
  );
  expect(offers).toEqual([
    [
      { kind: "post", site: "blog", id: "p#1" },
      { kind: "feed", site: "blog", key: "categories/c" },
      { kind: "delivery", ...delivery },
    ],
  ]);
  expect(sweeps).toEqual([]);
});

test("a row that is due soon is delayed until then", async () => {
  const { handler, offers, waits } = aRelay();
  await handler(
    streamEvent(
      { ...postKey("blog", "p1"), dueAt: now + 4_200 },
      { ...postKey("blog", "p2"), dueAt: now },
      { ...postKey("blog", "p3"), dueAt: now + 4_800 },
    ),
  );
  const post = (id: string) => ({ kind: "post", site: "blog", id });
  expect(offers).toEqual([[post("p1"), post("p3")], [post("p2")]]);
  expect(waits).toEqual([5_000, 0]);
});

test("a row comes to a worker after it is due, also where the worker's clock is a little behind", async () => {
  const { handler, waits } = aRelay();
  await handler(streamEvent({ ...postKey("blog", "p1"), dueAt: now + 5_000 }));
  expect(waits).toEqual([6_000]);
});

test("a row that is due later is left to the sweep", async () => {
  const { handler, offers } = aRelay();
  await handler(streamEvent({ ...postKey("blog", "p1"), dueAt: now + 15 * 60_000 + 1 }));
  expect(offers).toEqual([]);
});

test("a row that was postponed in the same batch is not offered earlier", async () => {
  const { handler, waits } = aRelay();
  const row = feedStateKey("blog", "main");
  await handler(streamEvent({ ...row, dueAt: now }, { ...row, dueAt: now + 9_500 }));
  expect(waits).toEqual([10_000]);
});

test("of two writes in one batch the later counts, whatever their order", async () => {
  const { handler, offers } = aRelay();
  const row = feedStateKey("blog", "main");
  const { Records } = streamEvent(row, { ...row, dueAt: now });
  await handler({ Records: Records.toReversed() });
  expect(offers).toEqual([[{ kind: "feed", site: "blog", key: "main" }]]);
});

test("a row that is not due, or of a kind that is never due, is ignored", async () => {
  const { handler, offers } = aRelay();
  await handler(streamEvent(postKey("blog", "p1"), { pk: "ALIAS#blog#slug#a", sk: "ALIAS", dueAt: now }));
  expect(offers).toEqual([]);
});

test("a row that was written twice in one batch is offered once", async () => {
  const { handler, offers } = aRelay();
  const row = { ...feedStateKey("blog", "main"), dueAt: now };
  await handler(streamEvent(row, row));
  expect(offers).toEqual([[{ kind: "feed", site: "blog", key: "main" }]]);
});

test("a feed that is being rendered is left to its render", async () => {
  const { handler, offers } = aRelay();
  const lease = { holder: "R1", until: now + 1 };
  await handler(streamEvent({ ...feedStateKey("blog", "main"), dueAt: now, lease }));
  expect(offers).toEqual([]);
});

test("a removed row is ignored", async () => {
  const { handler, offers } = aRelay();
  const { Records } = streamEvent(postKey("blog", "p1"));
  const removed = Records.map((record) => ({ ...record, dynamodb: { ...record.dynamodb, NewImage: undefined } }));
  await handler({ Records: removed });
  expect(offers).toEqual([]);
});

test("an offer that fails fails its batch, which is then tried again", async () => {
  const handler = relayHandler({
    clock: () => now,
    offer: () => Promise.reject(new Error("no queue")),
    sweep: async () => undefined,
  });
  await expect(handler(streamEvent({ ...postKey("blog", "p1"), dueAt: now }))).rejects.toThrow("no queue");
});

test("the schedule sweeps", async () => {
  const { handler, offers, sweeps } = aRelay();
  await handler(scheduledEvent);
  expect({ offers, sweeps }).toEqual({ offers: [], sweeps: [now] });
});

test("an event of neither kind is refused", async () => {
  const { handler, sweeps } = aRelay();
  await expect(handler({ hello: 1 })).rejects.toThrow();
  expect(sweeps).toEqual([]);
});
