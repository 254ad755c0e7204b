import { describe, expect, test } from "vitest";
import {
  type Attachment,
  type AttachmentProbe,
  afterProbe,
  attachmentWarnings,
  isProbeDue,
  waitsForProbe,
} from "../../src/domain/attachment.ts";
import { day, hour, minute } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";

const attachment: Attachment = { url: "https://media.example/a.mp3", mediaType: undefined, length: undefined };
const another: Attachment = { ...attachment, url: "https://media.example/b.mp3" };
const answer = { mediaType: "audio/mpeg", length: 5 };

/** What is known after so many requests that failed. */
const failedTimes = (times: number, of = attachment): AttachmentProbe => {
  let probed: AttachmentProbe | undefined;
  for (let time = 0; time < times; time += 1) probed = afterProbe(of, probed, undefined, start);
  if (probed === undefined) throw new Error("it was not requested");
  return probed;
};

describe("a file that cannot be requested", () => {
  test("is requested again after pauses that grow to a day, for a week", () => {
    const pauses = Array.from({ length: 12 }, (_, at) => failedTimes(at + 1).next).map((next) => next && next - start);
    const week = Array.from({ length: 7 }, () => day);
    expect(pauses).toEqual([minute, 5 * minute, 30 * minute, 6 * hour, ...week, undefined]);
  });

  test("begins anew with another address", () => {
    const probed = failedTimes(11);
    expect(isProbeDue({ attachment: another, probed, source: "" }, start)).toBe(true);
    expect(afterProbe(another, probed, undefined, start)).toMatchObject({ tries: 1, next: start + minute });
  });

  test("is due at the moment of its next request, and not before", () => {
    const probed = failedTimes(1);
    expect(isProbeDue({ attachment, probed, source: "" }, start + minute - 1)).toBe(false);
    expect(isProbeDue({ attachment, probed, source: "" }, start + minute)).toBe(true);
  });

  test("keeps a new post for one more request only", () => {
    expect(waitsForProbe({ attachment, probed: failedTimes(1) })).toBe(start + minute);
    expect(waitsForProbe({ attachment, probed: failedTimes(2) })).toBeUndefined();
  });

  test("has a warning that says whether it is requested again", () => {
    const messageAfter = (times: number) => attachmentWarnings({ attachment, probed: failedTimes(times) })[0]?.message;
    expect(messageAfter(1)).toContain("It is requested again.");
    expect(messageAfter(12)).toContain("It is not requested any more.");
  });
});

test("a file that a feed has measured is not requested", () => {
  const measured = { ...attachment, ...answer };
  expect(isProbeDue({ attachment: measured, source: "feed:https://a.example/feed.xml" }, start)).toBe(false);
  expect(isProbeDue({ attachment: measured, source: "posts" }, start)).toBe(true);
  const unmeasured = { ...attachment, mediaType: "audio/mpeg" };
  expect(isProbeDue({ attachment: unmeasured, source: "feed:https://a.example/feed.xml" }, start)).toBe(true);
});

test.each([
  ["differs from the length of its document", 6, 5, ["enclosure-length-differs"]],
  ["is the length of its document", 5, 5, []],
  ["is not named by its document", undefined, 5, []],
  ["is not answered by its server", 6, undefined, []],
])("a file whose length %s", (_, length, measured, codes) => {
  const written = { ...attachment, length };
  const probed = afterProbe(written, undefined, { ...answer, length: measured }, start);
  expect(attachmentWarnings({ attachment: written, probed }).map(({ code }) => code)).toEqual(codes);
});
