import { describe, expect, it } from "vitest";
import { hour } from "../../src/domain/time.ts";
import { anAccount } from "../support/builders.ts";
import { aConsole, aSignedInBrowser, readPage as read } from "../support/console-browser.ts";
import { aDocument, aWorld } from "../support/world.ts";

const names = ["one", "two", "three", "four", "five"];

/** A post whose copies of some accounts were only shown in the sandbox. */
const aPostWith = async (sandboxed: readonly string[], accounts = names) => {
  const world = await aWorld({ accounts: accounts.map((name) => anAccount({ name, network: "paper" })) });
  const [{ ports }] = world.app.sites;
  Object.assign(ports.networks, {
    destination: async ({ name }: { readonly name: string }) => (sandboxed.includes(name) ? "sandbox" : "real"),
  });
  const browser = await aSignedInBrowser(aConsole(world).app);
  await world.plan("tea", aDocument({ title: "About tea" }));
  await world.sweep();
  const rows = await world.deliveries("tea");
  expect(
    rows
      .filter(({ sandbox }) => sandbox)
      .map(({ account }) => account)
      .toSorted(),
  ).toEqual(sandboxed.toSorted());
  const pageOf = async (path = "") => {
    const { page } = await browser.get(`/console${path}`);
    return { page, text: read(page) };
  };
  return { world, pageOf };
};

describe("what only the sandbox shows is never called posted:", () => {
  it("the list of posts says where it was posted, and where it was only shown", async () => {
    const { pageOf } = await aPostWith(["five"]);
    expect((await pageOf("/posts")).text).toMatch(/07:00 posted on 4 accounts shown in the sandbox of five$/);
  });

  it("the list of posts says of one that is in the sandbox alone no word of a posting", async () => {
    const { pageOf } = await aPostWith(["one"], ["one"]);
    expect((await pageOf("/posts")).text).toMatch(/07:00 shown in the sandbox of one$/);
  });

  it("the week says it beside the accounts that posted", async () => {
    const { pageOf } = await aPostWith(["one"], ["one", "two"]);
    expect((await pageOf("/week")).text).toContain("08:00 About tea two · shown in the sandbox of one");
    const alone = await aPostWith(["one"], ["one"]);
    expect((await alone.pageOf("/week")).text).toContain("08:00 About tea shown in the sandbox of one");
  });

  it("the page of a post says it of its copy, of the number of those that are out, and in what happened", async () => {
    const { pageOf } = await aPostWith(["one"], ["one", "two"]);
    const { text } = await pageOf("/posts/tea");
    expect(text).toContain("Where it went 1 of 2 is out, 1 shown in the sandbox");
    expect(text).toContain("one , paper Shown in the sandbox 08:00");
    expect(text).toContain("08:00 It is shown in the sandbox.");
    expect(text).toContain("two , paper Posted 08:00");
    expect(text).toContain("08:00 It is on the network.");
    const alone = (await (await aPostWith(["one"], ["one"])).pageOf("/posts/tea")).text;
    expect(alone).toContain("Where it went 0 of 1 are out, 1 shown in the sandbox");
    expect(alone).not.toContain("Posted");
  });

  it("the numbers of the weeks count the copies of accounts that are in the sandbox apart", async () => {
    const { world, pageOf } = await aPostWith(["one", "three"], ["one", "two", "three"]);
    world.turn(hour);
    const { page, text } = await pageOf();
    expect(text).toContain("The numbers Week of Posts Copies In the sandbox 23 Feb 1 1 2 ");
    expect(page).toMatch(/>Copies<\/text><text[^>]*>1 this week, 1 at most<\/text>/);
  });

  it("the numbers have no column for the sandbox where no account is in it", async () => {
    const { pageOf } = await aPostWith([], ["one"]);
    expect((await pageOf()).text).toContain("The numbers Week of Posts Copies 23 Feb 1 1 ");
  });

  it("the numbers of accounts that are all in the sandbox are called so", async () => {
    const { pageOf } = await aPostWith(["one"], ["one"]);
    const { page, text } = await pageOf();
    expect(page).toMatch(/>In the sandbox<\/text><text[^>]*>1 this week, 1 at most<\/text>/);
    expect(text).toContain("The numbers Week of Posts In the sandbox 23 Feb 1 1 ");
    expect(page).not.toContain(">Copies<");
  });
});
