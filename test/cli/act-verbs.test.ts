import { expect, test } from "vitest";
import { aDeliveryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";
import { crier } from "../support/terminal.ts";

const held = aDeliveryAnswer({ state: "held", url: null, reason: "held by hand", slug: "hello" });
const changed = (delivery: typeof held) => ({ ...delivery, already: false });

test("hold, release and dismiss name what they changed, page after page", async () => {
  const api = await anApi();
  api.answer(
    "holdMany",
    { deliveries: [changed(held)], problems: [], next: "0:more" },
    "/api/deliveries/hold?all=true",
  );
  const other = { ...held, slug: "other", account: "bluesky" };
  api.answer(
    "holdMany",
    { deliveries: [changed(other)], problems: [], next: null },
    "/api/deliveries/hold?all=true&from=0%3Amore",
  );
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
    deliveries: [changed(held), changed(other)],
    problems: [],
    timeZone: "UTC",
  });
});

test("a name is that of a post, or else the id of a delivery", async () => {
  const api = await anApi();
  api.answer(
    "releaseMany",
    { deliveries: [{ ...held, already: true }], problems: [], next: null },
    "/api/deliveries/release?post=hello",
  );
  api.answer("release", changed(aDeliveryAnswer({ state: "pending", url: null })), "/api/deliveries/3f2.x/release");
  expect(await crier(["release", "hello"], api)).toMatchObject({
    code: 0,
    out: expect.stringContaining("it was so before; held by hand"),
  });
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
  expect((await crier(["approve", "--site", "notes"])).err).toContain(
    "npx crier approve SLUG --site notes, npx crier approve ID --site notes, npx crier approve --all --site notes\n",
  );
});

test("what cannot be done is said with the state, and ends with 1 where nothing could", async () => {
  const api = await anApi();
  const problem = "3f2.x.0 is posted: hold takes only a delivery that is pending";
  api.answer("holdMany", { deliveries: [], problems: [problem], next: null }, "/api/deliveries/hold?post=hello");
  expect(await crier(["hold", "hello"], api)).toMatchObject({ code: 1, err: `${problem}\n` });
  api.answer(
    "holdMany",
    { deliveries: [changed(held)], problems: [problem], next: null },
    "/api/deliveries/hold?post=two",
  );
  expect(await crier(["hold", "two"], api)).toMatchObject({ code: 0, err: `${problem}\n` });
  api.answer("holdMany", { deliveries: [], problems: [], next: null }, "/api/deliveries/hold?post=old");
  expect(await crier(["hold", "old"], api)).toMatchObject({
    code: 1,
    err: "crier: no account announces old: npx crier status old says why\n",
  });
});
