import { describe, expect, test } from "vitest";
import * as z from "zod";
import { statusLines } from "../../src/cli/output.ts";
import { postStatus } from "../../src/contract/posts.ts";
import { day, hour, iso, minute } from "../../src/domain/time.ts";
import { anAccount, start } from "../support/builders.ts";
import { aDocument, aWorld, type World } from "../support/world.ts";

const timeZone = "Europe/Berlin";

/** Returns the output of `crier status s` below the title and the address. `ID` replaces the id of the delivery. */
const status = async (world: World): Promise<string> => {
  const found = await world.app.status("s");
  if (found === undefined) throw new Error("there is no post s");
  const deliveries = found.deliveries.map(({ history: _, ...delivery }) => delivery);
  const lines = statusLines({ ...z.encode(postStatus, { ...found, deliveries }), timeZone });
  return `\n${lines
    .slice(2)
    .join("\n")
    .replaceAll(/[0-9a-f]{26}\.one\.\d/g, "ID")}\n`;
};

const aText = (socialShare: string): string => aDocument({ slug: "s", socialShare });

describe("crier status reads well where a delivery", () => {
  test("waits", async () => {
    const world = await aWorld();
    world.paper.fates.push("limited");
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  429, next attempt 2026-03-01 09:02 Europe/Berlin
      "
    `);
  });

  test("waits for its page, with the time of the next look at it", async () => {
    const world = await aWorld({ policies: { live: "wait" } });
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  waits until https://blog.example.com/s/ is live: it answers 404, next attempt 2026-03-01 09:00 Europe/Berlin
      "
    `);
  });

  test("waits for the date of its post, and was released before it", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s", date: iso(start + 3 * hour) }));
    await world.app.actOnPost("hold", "s");
    const released = await world.app.actOnPost("release", "s");
    expect(released).toMatchObject({ deliveries: [{ delivery: { due: start + 3 * hour } }] });
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        scheduled for 2026-03-01 12:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  released by hand, next attempt 2026-03-01 12:00 Europe/Berlin
      "
    `);
  });

  test("waits for an account that is not connected", async () => {
    const world = await aWorld();
    await world.plan("s", aText("t"));
    world.paper.reach.now = "none";
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  one is not connected: set its credentials, next attempt 2026-03-01 09:05 Europe/Berlin
      "
    `);
  });

  test("waits for the login of its account", async () => {
    const world = await aWorld();
    world.paper.fates.push("unauthorised");
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  one is paused: 401; set new credentials with "npx crier accounts set one", next attempt 2026-03-01 09:05 Europe/Berlin
      "
    `);
  });

  test("is not settled", async () => {
    const world = await aWorld();
    world.paper.fates.push("lost");
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE      DETAILS
        one      unsettled  not known yet whether it was posted: the connection broke, next attempt 2026-03-01 09:03 Europe/Berlin
      "
    `);
  });

  test("is being sent", async () => {
    const world = await aWorld();
    const ref = await world.plan("s", aText("t"));
    world.paper.fates.push("slow");
    const running = world.app.work(ref);
    await world.paper.inFlight();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      sending
      "
    `);
    world.paper.land();
    await running;
  });

  test("failed", async () => {
    const world = await aWorld();
    world.paper.fates.push("refused");
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE   DETAILS
        one      failed  400
          to send it again:       npx crier retry ID
          to cancel it for good:  npx crier dismiss ID
      "
    `);
  });

  test("is unknown", async () => {
    const world = await aWorld({ offers: "none" });
    world.paper.fates.push("applied");
    await world.plan("s", aText("t"));
    await world.sweep();
    world.turn(10 * minute);
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      unknown  the connection broke; it may have been posted nevertheless, and the network cannot be searched: check the network
          if it is on the network:   npx crier resolve ID --as posted
          if it is not, to send it:  npx crier resolve ID --as retry
      "
    `);
  });

  test("is held by the breaker", async () => {
    const world = await aWorld({ policies: { burst: 0 } });
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE  DETAILS
        one      held   more than 0 new posts within an hour
          to send it:             npx crier release ID
          to cancel it for good:  npx crier dismiss ID
      "
    `);
  });

  test("is held by a person", async () => {
    const world = await aWorld();
    await world.plan("s", aText("t"));
    await world.app.actOnPost("hold", "s");
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE  DETAILS
        one      held   by hand, until you release it
          to send it:             npx crier release ID
          to cancel it for good:  npx crier dismiss ID
      "
    `);
  });

  test("is stale: its network cannot edit it", async () => {
    const world = await aWorld({ edit: false });
    await world.plan("s", aText("t"));
    await world.sweep();
    await world.plan("s", aText("edited"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1, stale, not as the post is now: paper cannot edit it
          to correct or delete it by hand:  https://paper.example/p1
      "
    `);
  });

  test("is stale: its post was deleted, and its network cannot delete it", async () => {
    const world = await aWorld({ remove: false });
    await world.plan("s", aText("t"));
    await world.sweep();
    await world.app.remove("s");
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        deleted, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1, stale, not as the post is now: paper cannot delete it
          to correct or delete it by hand:  https://paper.example/p1
      "
    `);
  });

  test("is stale: its account was removed before its post", async () => {
    const world = await aWorld();
    await world.plan("s", aText("t"));
    await world.sweep();
    world.configured.accounts = [];
    await world.app.remove("s");
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        deleted, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1, stale, not as the post is now: the post was deleted, but its copy stays: the account one was removed from the configuration
          to correct or delete it by hand:  https://paper.example/p1
      "
    `);
  });

  test("was cancelled because its account left", async () => {
    const world = await aWorld({ accounts: [anAccount({ name: "one", network: "paper" })] });
    await world.plan("s", aText("t"));
    world.configured.accounts = [];
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE      DETAILS
        one      cancelled  the account one was removed from the configuration: it is not sent, even if the account comes back
      "
    `);
  });

  test("was dismissed", async () => {
    const world = await aWorld();
    await world.plan("s", aText("t"));
    await world.app.actOnPost("hold", "s");
    await world.app.actOnPost("dismiss", "s");
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE      DETAILS
        one      cancelled  dismissed by hand: it is not sent any more
      "
    `);
  });
});

describe("crier status reads well where a post", () => {
  test("is history, and was not announced", async () => {
    const world = await aWorld({ isListed: false });
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin (one: not announced, because it was there before Crier's first listing; announce it with "npx crier publish s")
        no deliveries
      "
    `);
  });

  test("was announced by none of its accounts, for one reason", async () => {
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
    const world = await aWorld({ isListed: false, accounts });
    await world.plan("s", aText("t"));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin (one, two: not announced, because it was there before Crier's first listing; announce it with "npx crier publish s")
        no deliveries
      "
    `);
  });

  test("is scheduled", async () => {
    const world = await aWorld();
    await world.plan("s", aDocument({ slug: "s", date: new Date(world.clock() + day + hour).toISOString() }));
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        scheduled for 2026-03-02 10:00 Europe/Berlin
        no deliveries before then
      "
    `);
  });

  test("has a version in another language", async () => {
    const world = await aWorld();
    world.write("s.md", aText("t"));
    world.write("de/s.md", aDocument({ title: "Ein Titel" }));
    for (const path of ["s.md", "de/s.md"]) await world.ingest(path);
    await world.sweep();
    expect(await status(world)).toMatchInlineSnapshot(`
      "
        live, published 2026-03-01 08:00 Europe/Berlin
        in de: https://blog.example.com/de/s/
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1
      "
    `);
  });
});
