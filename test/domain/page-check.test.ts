import { describe, expect, test } from "vitest";
import { afterReply, claimCheck, judgePage, type PageCheck, type PageReply } from "../../src/domain/page-check.ts";
import { day, hour, minute, second } from "../../src/domain/time.ts";
import { aPost, start } from "../support/builders.ts";

const post = aPost({ slug: "one" });
const absent = { kind: "absent", reason: "it answers 404" } as const;
const live = { kind: "live", warnings: [] } as const;

const claimed = (known: PageCheck | undefined, now: number): PageCheck => {
  const check = claimCheck(post, known, now);
  if (check === undefined) throw new Error("it is not due");
  return check;
};

describe("a page", () => {
  test("is asked for by one worker at a time, again when that one has stopped", () => {
    const check = claimed(undefined, start);
    expect(check).toMatchObject({ url: post.url, version: 0, answer: undefined });
    expect(claimCheck(post, check, start + 29 * second)).toBeUndefined();
    expect(claimCheck(post, check, start + 30 * second)).toMatchObject({ since: start });
  });

  test("that is not there is asked for less and less often, at most 120 times a day", () => {
    let check = claimed(undefined, start);
    const asked: number[] = [];
    for (let now = start; now < start + day; now = check.next) {
      asked.push(now - start);
      check = afterReply(claimed({ ...check, next: now }, now), absent, now);
    }
    expect(asked.slice(0, 4)).toEqual([0, 30 * second, 90 * second, 210 * second]);
    expect(asked.length).toBeLessThan(120);
    expect(check.since).toBe(start);
  });

  test("that was there is believed to be there for an hour", () => {
    const check = afterReply(claimed(undefined, start), live, start);
    expect(claimCheck(post, check, start + hour - 1)).toBeUndefined();
    const gone = afterReply(claimed(check, start + hour), absent, start + hour);
    expect(gone).toMatchObject({ since: start, failures: 1, answer: absent });
    expect(afterReply(claimed(gone, gone.next), live, start + 2 * hour)).toMatchObject({
      since: start + 2 * hour,
      failures: 0,
    });
  });

  test("begins anew with another address", () => {
    const check = afterReply(claimed(undefined, start), absent, start);
    const moved = claimCheck(
      { ...post, url: "https://blog.example.com/two/" },
      { ...check, version: 7 },
      start + minute,
    );
    expect(moved).toMatchObject({ since: start + minute, failures: 0, version: 7, answer: undefined });
  });
});

describe("the response to a request for a page", () => {
  const judge = (reply: Partial<Extract<PageReply, { kind: "answered" }>>, other?: string, url = post.url) =>
    judgePage(
      { url },
      { kind: "answered", status: 200, url, hasTitle: true, hasImage: true, ...reply },
      { url: "https://blog.example.com/" },
      other,
    );

  test.each(["https://www.blog.example.com/one", "http://blog.example.com/one/index.html"])(
    "is the post's page also at %s",
    (url) => {
      expect(judge({ url })).toEqual(live);
    },
  );

  test.each([
    ["the start page", { url: "https://blog.example.com/" }, "it leads to the start page"],
    ["another site", { url: "https://login.example.net/one/" }, "it leads to another site, login.example.net"],
    ["no page", { status: 404 }, "it answers 404"],
    ["a page for later", { status: 503 }, "it answers 503"],
    ["an empty answer", { status: 204 }, "it answers 204"],
  ])("is not the post's page where it is %s", (_, reply, reason) => {
    expect(judge(reply)).toEqual({ kind: "absent", reason });
  });

  test("is not the post's page where another post is at its address", () => {
    const other = "https://blog.example.com/two/";
    expect(judge({ url: other }, other)).toEqual({ kind: "absent", reason: `it leads to another post, ${other}` });
    expect(judge({ url: other })).toEqual(live);
  });

  test.each([401, 403])("names the way round a wall against bots that answers %i", (status) => {
    expect(judge({ status })).toEqual({
      kind: "absent",
      reason: `it answers ${status}, as a protection against bots does; if readers see the page, set policies.live to "ignore"`,
    });
  });

  test("is a failure of its host", () => {
    const reason = "blog.example.com could not be reached (ENOTFOUND)";
    expect(judgePage(post, { kind: "failed", reason }, { url: "https://blog.example.com/" }, undefined)).toEqual({
      kind: "absent",
      reason,
    });
  });

  test("warns where the title is not in the page, or the picture does not load", () => {
    expect(judge({ hasTitle: false, hasImage: false })).toEqual({
      kind: "live",
      warnings: [
        "the page https://blog.example.com/one/ does not show the title of the post",
        "the picture of the post does not load",
      ],
    });
  });

  test("is judged by the host of the post's page, where that is not the site's", () => {
    const url = "https://elsewhere.example/a/one";
    expect(judge({}, undefined, url)).toEqual(live);
    expect(judge({ url: "https://elsewhere.example/" }, undefined, url)).toMatchObject({
      reason: "it leads to the start page",
    });
    expect(judge({ url: "https://blog.example.com/" }, undefined, url)).toMatchObject({ kind: "absent" });
  });
});
