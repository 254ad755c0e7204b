import { expect, test } from "vitest";
import type { Ref } from "../../../src/ports/store.ts";
import {
  contentHandler,
  parseNotification,
  parseRef,
  recordsHandler,
  relayHandler,
  scheduledHandler,
} from "../../../src/runtimes/lambda/function-events.ts";
import { deliveryKey, feedStateKey, postKey } from "../../../src/store/keys.ts";
import { keptLog } from "../../support/kept-log.ts";
import {
  deliveredAgain,
  s3Notification,
  s3TestEvent,
  scheduledEvent,
  sqsEvent,
  streamEvent,
} from "./recorded-events.ts";

test("every record is processed, and none is returned", async () => {
  const seen: string[] = [];
  const handler = recordsHandler(async (body) => seen.push(body), keptLog().log);
  expect(await handler(sqsEvent("a", "b"))).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(["a", "b"]);
});

test("only the record that fails is returned, and the reason is logged", async () => {
  const { log, lines } = keptLog();
  const handler = recordsHandler(async (body) => {
    if (body === "b") throw new Error("the table is asleep", { cause: new TypeError("no route") });
  }, log);
  expect(await handler(sqsEvent("a", "b", "c"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
  expect(lines).toMatchObject([
    {
      level: "warn",
      message: "The record m1 is returned to its queue.",
      fields: {
        causes: ["Error: the table is asleep", "TypeError: no route"],
        stack: expect.stringContaining("function-events.test.ts"),
      },
    },
  ]);
});

test("an invalid record is returned, too: it ends in the dead-letter queue", async () => {
  const handler = recordsHandler(async (body) => JSON.parse(body), keptLog().log);
  expect(await handler(sqsEvent("{}", "no JSON"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
});

test("a record that hangs does not delay the others of its batch", async () => {
  const seen: string[] = [];
  const last = Promise.withResolvers<void>();
  const handler = recordsHandler(async (body) => {
    if (body === "waits for c") await last.promise;
    if (body === "c") last.resolve();
    seen.push(body);
  }, keptLog().log);
  await handler(sqsEvent("waits for c", "c"));
  expect(seen).toEqual(["c", "waits for c"]);
});

test("records that may end their process are handled one after another once one of them was delivered before", async () => {
  const seen: string[] = [];
  const work = async (body: string, isRepeated: boolean) => {
    seen.push(`${body} begins${isRepeated ? " again" : ""}`);
    await Promise.resolve();
    seen.push(`${body} ends`);
    if (body === "a") throw new Error("the table is asleep");
  };
  const handler = recordsHandler(work, keptLog().log, { alone: true });
  const [first] = sqsEvent("a").Records;
  const [, again] = deliveredAgain(2, "", "b").Records;
  expect(await handler({ Records: [first, again] })).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  expect(seen).toEqual(["a begins", "a ends", "b begins again", "b ends"]);
  seen.length = 0;
  await handler(sqsEvent("a", "b"));
  expect(seen).toEqual(["a begins", "b begins", "a ends", "b ends"]);
});

test("only the message of an error is logged", async () => {
  const { log, lines } = keptLog();
  const handler = recordsHandler(async () => {
    throw Object.assign(new Error("refused"), { request: { headers: { authorization: "Bearer hunter2" } } });
  }, log);
  await handler(sqsEvent("a"));
  expect(JSON.stringify(lines)).toContain("refused");
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

test("a thrown value that is not an error is a failure, too", async () => {
  const handler = recordsHandler(() => Promise.reject("text"), keptLog().log);
  expect(await handler(sqsEvent("a"))).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
});

test("an event that is not a batch is refused", async () => {
  await expect(recordsHandler(async () => undefined, keptLog().log)({ source: "aws.events" })).rejects.toThrow(
    /Records/,
  );
});

test.each<Ref>([
  { kind: "post", site: "blog", id: "p1" },
  { kind: "feed", site: "blog", key: "categories/c" },
  { kind: "delivery", site: "blog", post: "p1", account: "x", generation: 2 },
  { kind: "ping", site: "blog", key: "main", hub: "https://hub.example/" },
  { kind: "notice", site: "blog", to: "site", about: "p1" },
])("a body is parsed to the $kind that was sent", (ref) => {
  expect(parseRef(JSON.stringify(ref))).toEqual(ref);
});

test.each([
  "",
  "{}",
  '{"kind":"post","site":"blog"}',
  '{"kind":"feed","site":"blog","key":"topics/c"}',
  '{"kind":"delivery","site":"b","post":"p","account":"x","generation":"1"}',
])("the body %j is refused", (body) => {
  expect(() => parseRef(body)).toThrow();
});

const aBucket = (refuses: (path: string) => boolean = () => false) => {
  const seen: string[] = [];
  const { log, lines } = keptLog();
  const ingest = {
    ingest: async (path: string) => {
      if (refuses(path)) throw Object.assign(new Error("the table is asleep"), { request: { token: "canary-7f3a9c" } });
      seen.push(path);
    },
  };
  return { handler: contentHandler(ingest, log), seen, lines };
};

test("each document of a notification is read once, in order", async () => {
  const { handler, seen } = aBucket();
  expect(await handler(sqsEvent(s3Notification("a+b.md", "c.md", "a+b.md")))).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(["a b.md", "c.md"]);
});

test("a document that fails returns its own record, and only the messages of the error are logged", async () => {
  const { handler, seen, lines } = aBucket((path) => path === "bad.md");
  const answer = await handler(sqsEvent(s3Notification("bad.md"), s3Notification("good.md")));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
  expect(seen).toEqual(["good.md"]);
  expect(JSON.stringify(lines)).toContain("the table is asleep");
  expect(JSON.stringify(lines)).not.toContain("canary-7f3a9c");
});

test("an event that is no batch of records is refused", async () => {
  await expect(aBucket().handler({ hello: "there" })).rejects.toThrow();
});

test.each([
  ["2026/hello.md", "2026/hello.md"],
  ["my+first+post.md", "my first post.md"],
  ["c%2B%2B+%26+rust.md", "c++ & rust.md"],
  ["ja/%E3%81%93%E3%82%93.md", "ja/こん.md"],
  ["100%25.md", "100%.md"],
])("the key %s is the path %s", (key, path) => {
  expect(parseNotification(s3Notification(key))).toEqual([path]);
});

test("a notification can have several documents, each once", () => {
  expect(parseNotification(s3Notification("a.md", "b.md", "a.md"))).toEqual(["a.md", "b.md"]);
});

test("the test event of S3 has no documents", () => {
  expect(parseNotification(s3TestEvent)).toEqual([]);
});

test.each([
  ["SNS", { Type: "Notification", TopicArn: "arn:aws:sns:eu-central-1:1:t", Message: s3Notification("a.md") }],
  ["EventBridge", { source: "aws.s3", "detail-type": "Object Created", detail: { object: { key: "a.md" } } }],
])("a notification that came by %s is refused with its name, and not deleted unread", (service, body) => {
  expect(() => parseNotification(JSON.stringify(body))).toThrow(`came by ${service}: let the bucket send`);
});

test("anything else is refused", () => {
  for (const body of ['{"Records":[{}]}', "{}", "[]", '{"Event":"s3:Other"}'])
    expect(() => parseNotification(body)).toThrow(/is not a notification of S3/);
  expect(() => parseNotification("hello")).toThrow();
});

const seenBy = async (event: unknown): Promise<readonly string[]> => {
  const seen: string[] = [];
  const see = (what: string) => async () => void seen.push(what);
  await scheduledHandler({
    reconcile: see("what has changed"),
    readEverything: see("everything"),
    poll: see("the feeds"),
  })(event);
  return seen;
};

test("the hourly schedule reads the documents that have changed", async () => {
  expect(await seenBy({ source: "aws.events", "detail-type": "Scheduled Event", detail: {} })).toEqual([
    "what has changed",
  ]);
});

test("a person has everything read", async () => {
  expect(await seenBy({ source: "crier.read-everything" })).toEqual(["everything"]);
});

test("the schedule of the feeds polls them", async () => {
  expect(await seenBy({ source: "crier.poll" })).toEqual(["the feeds"]);
});

test("a run that fails throws, because no queue keeps it", async () => {
  const run = scheduledHandler({
    reconcile: () => Promise.reject(new Error("Cannot list the bucket")),
    readEverything: async () => {},
    poll: async () => {},
  });
  await expect(run({ source: "aws.events" })).rejects.toThrow("Cannot list the bucket");
});

test("an event of no schedule is refused", async () => {
  await expect(seenBy({ hello: "there" })).rejects.toThrow();
});

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
