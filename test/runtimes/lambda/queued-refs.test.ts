import { expect, test } from "vitest";
import type { Ref } from "../../../src/ports/store.ts";
import { parseRef } from "../../../src/runtimes/lambda/queue-records.ts";

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
