import { expect, test } from "vitest";
import { aDeliveryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { crier } from "../support/terminal.ts";

const held = aDeliveryAnswer({ state: "held", url: null, reason: "held by hand", slug: "hello" });

test("hold, release and dismiss name what they changed, page after page", async () => {
  const api = await anApi();
  api.answer("holdMany", { deliveries: [held], next: "0:more" }, "/api/deliveries/hold?all=true");
  const other = { ...held, slug: "other", account: "bluesky" };
  api.answer("holdMany", { deliveries: [other], next: null }, "/api/deliveries/hold?all=true&from=0%3Amore");
  expect(await crier(["hold", "--all"], api)).toMatchObject({
    code: 0,
    out: [
      "POST   ACCOUNT  STATE  DETAILS",
      "hello  x        held   held by hand",
      "other  bluesky  held   held by hand",
      "",
    ].join("\n"),
  });
  expect((await crier(["hold", "--all", "--json"], api)).json()).toEqual({
    deliveries: [held, other],
    timeZone: "UTC",
  });
});

test("a name is that of a post, or else the id of a delivery", async () => {
  const api = await anApi();
  api.answer("releaseMany", { deliveries: [], next: null }, "/api/deliveries/release?post=hello");
  api.answer("release", aDeliveryAnswer({ state: "pending", url: null }), "/api/deliveries/3f2.x/release");
  expect(await crier(["release", "hello"], api)).toMatchObject({ code: 0, out: "No delivery is held.\n" });
  expect((await crier(["release", "3f2.x"], api)).out).toMatch(/\nhello {2}x +pending\n$/);
  expect(await crier(["dismiss", "3f2.x"], api)).toMatchObject({
    code: 1,
    err: "crier: there is no post 3f2.x. There is nothing here.\n",
  });
});

test("without a name only --all means everything", async () => {
  expect(await crier(["dismiss"])).toMatchObject({
    code: 2,
    err: "crier: dismiss takes a post, a delivery, or --all: npx crier dismiss SLUG, npx crier dismiss ID, npx crier dismiss --all\n",
  });
});
