import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import type { Deployment } from "../../../src/domain/installation.ts";
import { day, hour, iso, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const paper = (name: string) => anAccount({ name, network: "paper", pacing: { interval: 0, dailyCap: 50 } });

const preview = (...posts: readonly string[]): Deployment => ({
  stage: "preview",
  region: "eu-central-1",
  url: undefined,
  posts,
});

const reason =
  "the stage preview makes feeds and posts to no network: to post from it, name it in deployment.posts of crier.config.ts and deploy it again";

describe("a stage that the configuration does not name", () => {
  test("makes feeds, plans no delivery, and the post says why; what is published after it was named is posted", async () => {
    const world = await aWorld({ deployment: preview("production") });
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await world.titles()).toEqual(["A title"]);
    expect(await world.deliveries("s")).toEqual([]);
    expect(await world.app.status("s")).toMatchObject({ reason: `one: not announced, because ${reason}` });
    world.configured.deployment = preview("production", "preview");
    await world.plan("later", aDocument({ slug: "later", title: "Later" }));
    world.turn(hour);
    await world.sweep();
    expect(world.paper.posts.map(({ text }) => text)).toEqual([expect.stringContaining("Later")]);
  });

  test("plans nothing for a scheduled post that a person holds, and would not announce a document", async () => {
    const world = await aWorld({ deployment: preview("production") });
    const document = aDocument({ slug: "s", date: "2026-03-04T08:00:00Z" });
    await world.plan("s", document);
    await world.app.actOnPost("hold", "s");
    expect(await world.deliveries("s")).toEqual([]);
    const plan = await world.app.plan(new TextEncoder().encode(aDocument({ slug: "new" })), "new.md");
    expect("snippets" in plan && plan.snippets[0]?.announced).toEqual({ when: "never", reason, at: undefined });
  });

  test("neither sends nor edits nor deletes what was planned while it was named, and the account says why", async () => {
    const world = await aWorld({ deployment: preview("preview") });
    await world.plan("sent", aDocument({ slug: "sent" }));
    await world.sweep();
    await world.plan("waits", aDocument({ slug: "waits" }));
    const sent = world.paper.requests.length;
    world.configured.deployment = preview("production");
    await world.plan("sent", aDocument({ slug: "sent", socialShare: "Edited" }));
    await world.sweep();
    world.turn(day);
    await world.sweep();
    await world.app.remove("sent");
    await world.sweep();
    expect(world.paper.requests).toHaveLength(sent);
    expect(await world.app.announce("waits", { again: true })).toMatchObject({ result: "refused", problem: reason });
    expect(await world.app.status("waits")).toMatchObject({ again: [] });
    expect((await world.deliveries("waits"))[0]).toMatchObject({ state: "pending", reason });
    expect((await world.app.accounts())[0]).toMatchObject({ reach: "real", next: { reason } });
  });
});

describe("two installations with one configuration", () => {
  const elsewhere = (world: World) => world.alarms.filter((alarm) => alarm.startsWith("elsewhere:"));

  test("that see each other's copies on a network that can be asked post once, and say so once", async () => {
    const first = await aWorld({ accounts: [paper("one")], mailsOwner: true });
    const second = await aWorld({ accounts: [paper("one")], mailsOwner: true, paper: first.paper });
    for (const slug of ["a", "b", "c"]) {
      for (const world of [first, second]) {
        await world.plan(slug, aDocument({ slug, title: slug }));
        await world.sweep();
      }
      for (const world of [first, second]) world.turn(minute);
    }
    expect(first.paper.posts).toHaveLength(3);
    expect((await second.deliveries("b"))[0]).toMatchObject({ state: "posted" });
    for (const world of [first, second]) {
      world.turn(5 * minute);
      await world.sweep();
    }
    expect([elsewhere(first), elsewhere(second)]).toEqual([
      [],
      [
        "elsewhere: one: https://paper.example/p1 was there before this Crier sent it: another installation with this configuration posts there, too, or earlier data was put back. Stop the other one: networks that cannot be searched get everything twice",
      ],
    ]);
    expect(second.outside.told.map(({ subject }) => subject)).toEqual(["Crier, blog: another Crier posts to one"]);
  });

  test.each([
    ["are told once while they go on", [0, 20, 40], 1],
    ["are told again where none was seen for a month", [0, 41], 2],
  ])("%s", async (_, days, told) => {
    const first = await aWorld({ accounts: [paper("one")] });
    const second = await aWorld({ accounts: [paper("one")], paper: first.paper });
    let today = 0;
    for (const later of days) {
      for (const world of [first, second]) world.turn((later - today) * day);
      today = later;
      for (const world of [first, second]) {
        await world.plan(
          `s${later}`,
          aDocument({ slug: `s${later}`, title: `On day ${later}`, date: iso(world.clock()) }),
        );
        await world.sweep();
      }
    }
    expect(first.paper.posts).toHaveLength(days.length);
    expect(elsewhere(second)).toHaveLength(told);
  });

  test("post once, too, where one edits the copy before the other has found out whether it sent it", async () => {
    const first = await aWorld({ accounts: [paper("one")], offers: "read" });
    const second = await aWorld({ accounts: [paper("one")], paper: first.paper });
    first.paper.fates.push("applied");
    await first.plan("s", aDocument({ slug: "s", title: "Before" }));
    await first.sweep();
    expect((await first.deliveries("s"))[0]).toMatchObject({ state: "unsettled" });
    await second.plan("s", aDocument({ slug: "s", title: "Before" }));
    await second.sweep();
    for (const world of [second, first]) {
      await world.plan("s", aDocument({ slug: "t", title: "After", aliases: ["/s/"] }));
      world.turn(hour);
      await world.sweep();
    }
    expect(first.paper.visible()).toEqual([expect.stringContaining("After")]);
    expect((await first.deliveries("s"))[0]).toMatchObject({ state: "posted", remotes: [{ id: "p1" }] });
  });

  test("are not suspected where a copy is one of this installation's own, whose answer was lost", async () => {
    const world = await aWorld({ accounts: [paper("one")] });
    world.paper.fates.push("applied");
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    world.paper.blind.now = "unreadable";
    world.paper.fates.push("refused");
    for (let passed = 0; passed < 4; passed += 1) {
      world.turn(minute);
      await world.sweep();
    }
    const [delivery] = await world.deliveries("s");
    expect(delivery?.state).toBe("unknown");
    world.paper.blind.now = false;
    await world.app.resolve(delivery === undefined ? "" : deliveryId(delivery), "retry");
    await world.sweep();
    expect((await world.deliveries("s"))[0]).toMatchObject({ state: "posted" });
    expect(world.paper.posts).toHaveLength(1);
    expect(elsewhere(world)).toEqual([]);
  });
});
