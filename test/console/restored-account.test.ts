import { expect, test } from "vitest";
import { hour } from "../../src/domain/time.ts";
import { aConsole, aSignedInBrowser, formsOf, readPage as read } from "../support/console-browser.ts";
import { sendsThenRestored, textsOf } from "../support/restored-world.ts";
import { aDocument } from "../support/world.ts";

const why = "the data was restored to an earlier state, and does not know what was sent since";

/** An account that is stopped, because its table was restored to before “Since” was sent. “New” came after it. */
const aRestoredAccount = async () => {
  const { world } = await sendsThenRestored();
  await world.plan("new", aDocument({ slug: "new", title: "New tea", socialShare: "New" }));
  await world.sweep();
  return { world, ada: await aSignedInBrowser(aConsole(world).app, "Ada") };
};

const page = "/console/stop?account=one";
const labels = (html: string) => formsOf(html).map(({ label }) => label);

test("an account whose data was restored needs a person, who is led to what it would send and can send nothing before", async () => {
  const { world, ada } = await aRestoredAccount();
  for (const path of ["/console", "/console/accounts"]) {
    const { page: shown } = await ada.get(path);
    expect(read(shown)).toContain(`since 08:00 by Crier: ${why}`);
    expect(shown).toMatch(/<a class="do" href="\/console\/stop\?account=one">What would it send\?/);
    expect(labels(shown).filter((label) => label.startsWith("Let it send"))).toEqual([]);
  }
  // The form of another page does not let it send either.
  const forged = formsOf((await ada.get(page)).page).find(({ label }) => label.startsWith("Let it send that"));
  const fields = (forged?.fields ?? []).filter(([name]) => name !== "delivery");
  for (const some of [fields, fields.filter(([name]) => name !== "confirm")]) {
    const answer = await ada.post(forged?.action ?? "", some);
    expect([answer.status, read(answer.page)]).toEqual([409, expect.stringContaining("Nothing is sent yet.")]);
  }
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since"]);
});

test("its page lists what it would send, and lets it send that", async () => {
  const { world, ada } = await aRestoredAccount();
  const { page: list } = await ada.get(page);
  expect(read(list)).toContain(
    "one is stopped Since 08:00 by Crier: " +
      `${why} Compare this with the network first, because Crier cannot ask it: press “Never send it” on the page of each post that is there already. ` +
      "Documents that came since the data was restored are known within the hour. " +
      "It would send 2 A title Waits to be sent. New tea Waits to be sent.",
  );
  expect(list).toContain('href="/console/posts/since"');
  // A copy that is there already is dismissed on the page of its post.
  const { page: post } = await ada.get("/console/posts/since");
  const never = /href="(\/console\/never[^"]*)"/.exec(post)?.[1]?.replaceAll("&amp;", "&") ?? "";
  await ada.press((await ada.get(never)).page, "Never send it");
  const { page: rest } = await ada.get(page);
  expect(read(rest)).toContain("It would send 1 New tea Waits to be sent.");
  const answer = await ada.pressAndSee(rest, "Let it send that on one");
  expect([answer.status, read(answer.page)]).toEqual([
    200,
    expect.stringContaining("Sending on one goes on. What waited goes out as soon as its rules allow."),
  ]);
  expect(labels(answer.page)).not.toContain("Let it send that on one");
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since", "New"]);
  expect(read((await ada.get("/console/log")).page)).toContain("Ada");
});

test("what came since the list was shown is not sent by its button, and is in the list that comes back", async () => {
  const { world, ada } = await aRestoredAccount();
  const { page: list } = await ada.get(page);
  await world.plan("newer", aDocument({ slug: "newer", title: "Newer tea", socialShare: "Newer" }));
  await world.sweep();
  const answer = await ada.press(list, "Let it send that on one");
  expect([answer.status, read(answer.page)]).toEqual([
    409,
    expect.stringContaining("Nothing is sent yet. There is more that it would send than when you opened the page."),
  ]);
  expect(read(answer.page)).toContain("Newer tea Waits to be sent.");
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since"]);
  expect((await ada.press(answer.page, "Let it send that on one")).status).toBe(303);
});

test("an account that would send nothing is let go on, after its page said so", async () => {
  const { world, ada } = await aRestoredAccount();
  for (const slug of ["since", "new"]) await world.app.actOnPost("dismiss", slug);
  const { page: list } = await ada.get(page);
  expect(read(list)).toContain("It would send nothing now.");
  expect(read((await ada.pressAndSee(list, "Let it send again on one")).page)).toContain("Sending on one goes on.");
});

test("the end of a stop of all does not let it send: the console says where it is looked at", async () => {
  const { world, ada } = await aRestoredAccount();
  await world.app.stop(undefined);
  const { page: posts } = await ada.get("/console/posts");
  const answer = await ada.press(posts, "Let it send again on all accounts");
  expect([answer.status, read(answer.page)]).toEqual([
    409,
    expect.stringContaining(
      "Nothing is sent yet. The data of one was restored: look at what it would send on the page of the accounts, and let it send that first.",
    ),
  ]);
  const stopped = await ada.pressAndSee((await ada.get(page)).page, "Let it send that on one");
  expect(read(stopped.page)).toContain("The stop of one has ended. All sending is stopped.");
  expect((await ada.press(stopped.page, "Let it send again on all accounts")).status).toBe(303);
  world.turn(hour);
  await world.sweep();
  expect(textsOf(world)).toEqual(["Before", "Since", "Since", "New"]);
});
