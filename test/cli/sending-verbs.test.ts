import { describe, expect, test } from "vitest";
import { aDeliveryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { crier } from "../support/terminal.ts";

const stopped = { account: "mastodon", since: "2026-03-01T08:00:00.000Z", why: "a wrong link", by: "ada" };

test("stop-sending says what is stopped, by whom, and what was on its way", async () => {
  const api = await anApi();
  api.answer(
    "stopSending",
    { stopped: [stopped], already: false, underWay: ["3f2.mastodon.0"] },
    "/api/sending/stop?account=mastodon&why=a+wrong+link",
  );
  expect(await crier(["stop-sending", "mastodon", "--why", "a wrong link"], api)).toMatchObject({
    code: 0,
    out: [
      "Nothing is sent on mastodon since 2026-03-01 08:00 UTC, stopped by ada: a wrong link",
      "A request of 3f2.mastodon.0 was sent before: it may still be posted, and its status says so.",
      "",
    ].join("\n"),
  });
});

test("stop-sending without an account stops all, and needs a reason", async () => {
  const api = await anApi();
  api.answer(
    "stopSending",
    { stopped: [{ ...stopped, account: null, by: null }], already: true, underWay: [] },
    "/api/sending/stop?why=holiday",
  );
  expect((await crier(["stop-sending", "--why", "holiday"], api)).out).toBe(
    "Nothing is sent on any account since 2026-03-01 08:00 UTC: a wrong link\nIt was stopped before, with this reason.\n",
  );
  expect(await crier(["stop-sending"], api)).toMatchObject({ code: 2 });
});

test("resume-sending says what goes on, and what is still stopped", async () => {
  const api = await anApi();
  api.answer("resumeSending", { stopped: [], already: false, underWay: [], wouldSend: [] }, "/api/sending/resume");
  expect((await crier(["resume-sending"], api)).out).toBe("Every account sends.\n");
  api.answer(
    "resumeSending",
    { stopped: [stopped], already: true, underWay: [], wouldSend: [] },
    "/api/sending/resume?account=bluesky",
  );
  expect((await crier(["resume-sending", "bluesky"], api)).out).toMatch(/^Nothing is sent on mastodon since /);
});

test("resume-sending lists what an account would send after a restore, and sends it with --yes", async () => {
  const api = await anApi();
  const deliveries = [{ id: "3f2.x.1", slug: "hello", state: "pending" }];
  const answer = { stopped: [{ ...stopped, account: "x" }], already: true, underWay: [] };
  api.answer(
    "resumeSending",
    { ...answer, wouldSend: [{ account: "x", deliveries, more: false }] },
    "/api/sending/resume?account=x",
  );
  expect(await crier(["resume-sending", "x"], api)).toMatchObject({
    code: 1,
    out: [
      "x would send:",
      "  hello (pending)  3f2.x.1",
      "Nothing is resumed: the data was restored, and does not know what was sent since. Documents that came since are known within the hour.",
      "Compare the list with the networks, and dismiss what is there already: npx crier dismiss ID",
      "Then send the rest: npx crier resume-sending x --yes",
      "",
    ].join("\n"),
  });
  api.answer(
    "resumeSending",
    { stopped: [], already: false, underWay: [], wouldSend: [] },
    "/api/sending/resume?account=x&confirm=true",
  );
  expect(await crier(["resume-sending", "x", "--yes"], api)).toMatchObject({ code: 0, out: "Every account sends.\n" });
});

test("withdraw says which copy is deleted", async () => {
  const api = await anApi();
  const copy = { ...aDeliveryAnswer({ url: "https://social.example/1" }), already: false };
  const path = "/api/deliveries/withdraw?post=hello&account=mastodon";
  api.answer("withdraw", { deliveries: [copy], problems: [], next: null }, path);
  expect(await crier(["withdraw", "hello", "--account", "mastodon"], api)).toMatchObject({
    code: 0,
    out: [
      "The copy of hello on mastodon is being deleted: https://social.example/1.",
      "see what became of it: npx crier status hello",
      "",
    ].join("\n"),
  });
  expect(await crier(["withdraw", "hello"], api)).toMatchObject({ code: 2 });
});

describe("withdraw", () => {
  const withdrawn = async (
    deliveries: readonly Parameters<typeof aDeliveryAnswer>[0][],
    { already, problems = [] }: { readonly already: readonly boolean[]; readonly problems?: readonly string[] },
  ) => {
    const api = await anApi();
    const answers = deliveries.map((one, index) => ({ ...aDeliveryAnswer(one), already: already[index] === true }));
    const path = "/api/deliveries/withdraw?post=hello&account=mastodon";
    api.answer("withdraw", { deliveries: answers, problems: [...problems], next: null }, path);
    return crier(["withdraw", "hello", "--account", "mastodon"], api);
  };

  test.each([
    [
      { state: "deleted", reason: "withdrawn by hand: it is not sent again" },
      "is deleted already: withdrawn by hand: it is not sent again.",
    ],
    [{ state: "deleted", reason: null }, "is deleted already."],
    [{ state: "deleting", reason: "503" }, "is being deleted already."],
  ] as const)("says what is so already: %j", async (delivery, text) => {
    expect(await withdrawn([delivery], { already: [true] })).toMatchObject({
      code: 0,
      out: `The copy of hello on mastodon ${text}\nsee what became of it: npx crier status hello\n`,
    });
  });

  test("ends with 1 where nothing was withdrawn, and says why", async () => {
    const problems = ["ID.2 is pending, there is no copy"];
    expect(await withdrawn([{ state: "deleted" }], { already: [true], problems })).toMatchObject({
      code: 1,
      out: "see what became of it: npx crier status hello\n",
      err: expect.stringContaining("ID.2 is pending, there is no copy"),
    });
  });

  test("names the copies that are withdrawn now, and what keeps them", async () => {
    const first = { state: "deleted", url: "https://social.example/1" } as const;
    const second = { state: "posted", url: "https://social.example/2" } as const;
    expect(
      await withdrawn([first, second], { already: [true, false], problems: ["nothing is deleted on mastodon now"] }),
    ).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The copy of hello on mastodon is withdrawn: https:\/\/social\.example\/2\.\n/),
      err: expect.stringContaining("nothing is deleted on mastodon now"),
    });
  });
});
