import { expect, test } from "vitest";
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
  api.answer("resumeSending", { stopped: [], already: false, underWay: [] }, "/api/sending/resume");
  expect((await crier(["resume-sending"], api)).out).toBe("Every account sends.\n");
  api.answer(
    "resumeSending",
    { stopped: [stopped], already: true, underWay: [] },
    "/api/sending/resume?account=bluesky",
  );
  expect((await crier(["resume-sending", "bluesky"], api)).out).toMatch(/^Nothing is sent on mastodon since /);
});

test("withdraw says which copy is deleted, and what was withdrawn before", async () => {
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
  api.answer("withdraw", { deliveries: [{ ...copy, already: true }], problems: [], next: null }, path);
  expect((await crier(["withdraw", "hello", "--account", "mastodon"], api)).out).toMatch(
    /^The copy of hello on mastodon was withdrawn before\.\n/,
  );
  expect(await crier(["withdraw", "hello"], api)).toMatchObject({ code: 2 });
});
