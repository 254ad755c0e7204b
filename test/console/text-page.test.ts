import { describe, expect, it } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { aConsole, aSignedInBrowser, formsOf, origin, readPage as read, token } from "../support/console-browser.ts";
import { paper } from "../support/console-team.ts";
import { aDocument, aWorld, type WorldOptions } from "../support/world.ts";

const tea = (text: string, more: object = {}) => aDocument({ title: "Tea", socialShare: text, ...more });

/** A post that waits, because its account is stopped. */
const aTeam = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one")], ...options });
  const { app } = aConsole(world);
  await world.app.stop("one");
  await world.plan("tea", tea("As in the document"));
  await world.sweep();
  const [ada, bob] = [await aSignedInBrowser(app, "Ada"), await aSignedInBrowser(app, "Bob")];
  const go = async () => {
    await world.app.resume("one");
    world.turn(hour);
    await world.sweep();
  };
  return { world, app, ada, bob, go };
};

const path = "/console/text?post=tea&account=one";
const link = "https://blog.example.com/tea/";
const textIn = (page: string): string | undefined => /<textarea[^>]*>\n(.*?)<\/textarea>/s.exec(page)?.[1];

describe("the text for one account", () => {
  it("is shown with what Crier adds, its length and what saving does", async () => {
    const { ada } = await aTeam();
    const { page } = await ada.get(path);
    expect(textIn(page)).toBe("As in the document");
    const words = read(page);
    expect(page).toContain('<a href="/console/posts/tea">Tea</a>');
    expect(words).toContain("The text for one It goes out in its turn, with the text that you save.");
    expect(words).toContain(`This is what the document says. Crier adds ${link} below it.`);
    expect(words).toContain(`${`As in the document\n\n${link}`.length} of 500`);
    expect((await ada.get("/console/posts/tea")).page).toContain('href="/console/text?post=tea&amp;account=one"');
  });

  it("is saved, goes out, and is named with its editor wherever it is shown", async () => {
    const { world, ada, go } = await aTeam();
    const { page } = await ada.get(path);
    const saved = await ada.press(page, "Save the text", { text: "In other\r\nwords", ifOvertaken: "mine" });
    expect(saved.status).toBe(303);
    expect(saved.headers.get("Location")).toMatch(/^\/console\/posts\/tea\?done=/);
    const after = read((await ada.get(saved.headers.get("Location") ?? "")).page);
    expect(after).toContain("The text for one is saved.");
    expect(after).toContain("Text edited here by Ada, today 08:00.");
    expect(after).toContain("Ada edited its text.");
    const again = (await ada.get(path)).page;
    expect(textIn(again)).toBe("In other\nwords");
    expect(read(again)).toContain("Text edited here by Ada, today 08:00.");
    expect(read(again)).toContain("What the document says As in the document");
    expect(again).toMatch(/id="mine" value="mine" checked/);
    await go();
    expect(world.paper.visible()).toEqual([`In other\nwords\n\n${link}`]);
    expect(read((await ada.get("/console/posts/tea")).page)).toContain("Text edited here by Ada, today 08:00.");
    expect(read((await ada.get(path)).page)).toContain("is out already");
  });

  it("that is saved unchanged is no edit: the account follows its document", async () => {
    const { world, ada } = await aTeam();
    const saved = await ada.pressAndSee((await ada.get(path)).page, "Save the text", { text: "As in the document" });
    expect(read(saved.page)).toContain("The text for one is that of the document: nothing is edited.");
    expect(read(saved.page)).not.toContain("Text edited here");
    expect((await world.deliveries("tea"))[0]?.text).toBeUndefined();
  });

  it("that is the document's and too long is refused as any other, because it would be cut", async () => {
    const { world, ada } = await aTeam();
    await world.plan("tea", tea("Long words, and more of them. ".repeat(20)));
    await world.sweep();
    const { page } = await ada.get(path);
    const refused = await ada.press(page, "Save the text", { text: textIn(page) ?? "" });
    expect(refused.status).toBe(422);
    expect(read(refused.page)).toMatch(/Nothing was saved\. The text has \d+ characters too many for one\./);
  });

  it("that is too long or empty comes back with a 422, and nothing is saved", async () => {
    const { world, ada } = await aTeam();
    const { page } = await ada.get(path);
    const long = "x".repeat(500 - `\n\n${link}`.length + 12);
    const answer = await ada.press(page, "Save the text", { text: long });
    expect(answer.status).toBe(422);
    expect(answer.page).toContain(
      'role="alert"><p><strong>Nothing was saved. The text has 12 characters too many for one.</strong>',
    );
    expect(textIn(answer.page)).toBe(long);
    expect(answer.page).toContain('aria-invalid="true"');
    expect(read(answer.page)).toContain("512 of 500: 12 too many");
    expect(read(answer.page)).toContain("This text is not saved yet.");
    expect(read(answer.page)).not.toContain("This is what the document says.");
    expect(read(answer.page)).toContain("The text as it is saved now As in the document");
    const empty = await ada.press(answer.page, "Save the text", { text: " " });
    expect([empty.status, read(empty.page)]).toEqual([
      422,
      expect.stringContaining("Nothing was saved. The text is empty."),
    ]);
    expect((await world.deliveries("tea"))[0]?.text).toBeUndefined();
    expect((await ada.press(empty.page, "Save the text", { text: "Short" })).status).toBe(303);
  });

  it("is counted by the server, with a token of its own", async () => {
    const { ada, bob } = await aTeam();
    const { page } = await ada.get(path);
    const [, address = "", form = ""] = /data-length="([^"]*)" data-form="([^"]*)"/.exec(page) ?? [];
    const fields = formsOf(page).find(({ label }) => label === "Save the text")?.fields ?? [];
    const count = (text: string, token = form, who = ada) =>
      who.post(address, [...fields.filter(([name]) => name !== "form"), ["text", text], ["form", token]]);
    expect(JSON.parse((await count("Short")).page)).toEqual({ text: `${7 + link.length} of 500`, over: false });
    expect(JSON.parse((await count("x".repeat(600))).page)).toMatchObject({ over: true });
    expect((await count("Short", "another")).status).toBe(400);
    expect((await count("Short", form, bob)).status).toBe(400);
  });

  it("is not saved over what another person saved, and what was typed stays", async () => {
    const { world, ada, bob } = await aTeam();
    const [first, second] = [await ada.get(path), await bob.get(path)];
    await ada.press(first.page, "Save the text", { text: "By Ada" });
    const answer = await bob.press(second.page, "Save the text", { text: "By Bob" });
    expect(answer.status).toBe(409);
    expect(read(answer.page)).toContain(
      "Nothing was saved. The text for one has changed since you opened the page. At 08:00: Ada edited its text.",
    );
    expect(textIn(answer.page)).toBe("By Bob");
    expect(read(answer.page)).toContain("The text as it is saved now By Ada");
    expect((await world.deliveries("tea"))[0]?.text?.value).toBe("By Ada");
    expect((await bob.press(answer.page, "Save the text", { text: "By Bob" })).status).toBe(303);
  });

  it("is not saved over a document that has changed since, which is nobody's decision", async () => {
    const { world, ada, bob } = await aTeam();
    const { page: post } = await bob.get("/console/posts/tea");
    await bob.pressAndSee((await bob.pressAndSee(post, "Stop on one")).page, "Release");
    const { page } = await ada.get(path);
    await world.plan("tea", tea("New in the document"));
    const answer = await ada.press(page, "Save the text", { text: "In other words" });
    expect([answer.status, textIn(answer.page)]).toEqual([409, "In other words"]);
    expect(read(answer.page)).toContain("The text as it is saved now New in the document");
    expect(read(answer.page)).toContain(
      "Nothing was saved. The text for one has changed since you opened the page. Its document changed at 08:00. Your text is still here",
    );
  });

  it("that was sent in the meantime stays as it is, and what was typed is shown", async () => {
    const { ada, go } = await aTeam();
    const { page } = await ada.get(path);
    await go();
    const answer = await ada.press(page, "Save the text", { text: "Too late" });
    expect(answer.status).toBe(409);
    expect(read(answer.page)).toContain("The text that you wrote Too late");
  });

  it("of a scheduled post is planned when it is saved, and not if its document has changed", async () => {
    const { world, ada } = await aTeam();
    const later = { date: "2026-03-03T10:00:00Z" };
    await world.plan("later", aDocument({ title: "Later", socialShare: "As in the document", ...later }));
    await world.sweep();
    const at = "/console/text?post=later&account=one";
    const { page } = await ada.get(at);
    await world.plan("later", aDocument({ title: "Later", socialShare: "New in the document", ...later }));
    await world.sweep();
    expect((await ada.press(page, "Save the text", { text: "In other words" })).status).toBe(409);
    const fresh = await ada.get(at);
    expect(read((await ada.pressAndSee(fresh.page, "Save the text", { text: "In other words" })).page)).toContain(
      "The text for one is saved. It waits: one is stopped.",
    );
    expect((await world.deliveries("later")).map(({ text }) => text?.value)).toEqual(["In other words"]);
  });

  it("is the document's again", async () => {
    const { world, ada, go } = await aTeam();
    await world.app.editText("tea", "one", "In other words");
    const { page } = await ada.get(path);
    const answer = await ada.pressAndSee(page, "Use the document’s text again");
    expect(read(answer.page)).toContain("The text for one is that of the document again.");
    const same = await ada.press(page, "Use the document’s text again");
    expect(same.status).toBe(409);
    await go();
    expect(world.paper.visible()).toEqual([`As in the document\n\n${link}`]);
  });

  it("shows who is sent the whole post, and what does not exist", async () => {
    const { world, ada } = await aTeam();
    Object.assign(world.paper.networks.get("paper"), { sendsPost: () => true });
    expect(read((await ada.get(path)).page)).toContain("there is no text to edit");
    expect((await ada.get("/console/posts/tea")).page).not.toContain("Edit the text");
    expect((await ada.get("/console/text?post=never&account=one")).status).toBe(404);
    expect(read((await ada.get("/console/text?post=tea&account=never")).page)).toContain("There is no account never");
  });
});

describe("where the document says something else", () => {
  const anOvertaken = async (options: WorldOptions = {}) => {
    const team = await aTeam(options);
    await team.world.app.editText("tea", "one", "In other words", { by: "Ada" });
    await team.world.plan("tea", tea("New in the document"));
    await team.go();
    return team;
  };

  it("the first page leads to both texts, and asks for no decision about texts that it does not show", async () => {
    const { ada } = await anOvertaken();
    const { page } = await ada.get("/console");
    expect(read(page)).toContain("Text edited here by Ada, today 08:00. Its document says something else now.");
    expect(page).toMatch(/href="\/console\/posts\/tea#one">Read both texts/);
    expect(read(page)).not.toMatch(/Send mine|Send the document’s/);
    const post = read((await ada.get("/console/posts/tea")).page);
    expect(post).toContain(
      `The edited text: In other words ${link} ${16 + link.length} of 500 The document’s: New in the document ${link} ${21 + link.length} of 500`,
    );
  });

  it("the page of the post shows all of both texts before one is chosen: cards, lengths and what is lost", async () => {
    const { world, ada, go } = await aTeam({ accounts: [paper("one", { approve: true })], hasCard: true });
    const network = world.paper.networks.get("paper");
    const { compose } = network;
    const lost = { warnings: [{ rule: "lost", message: "its table is lost" }] };
    Object.assign(network, { compose: (...given: Parameters<typeof compose>) => ({ ...compose(...given), ...lost }) });
    await world.app.editText("tea", "one", "Mine", { by: "Ada" });
    await world.plan("tea", tea("Long words. ".repeat(60)));
    await go();
    const post = read((await ada.get("/console/posts/tea")).page);
    const card = "Tea A summary The link’s card";
    expect(post).toMatch(
      new RegExp(`The edited text: Mine \\S+ ${card} \\d+ of 500 Its table is lost\\. The document’s: Long words`),
    );
    expect(post).toMatch(new RegExp(`${card} \\d+ of 500: cut Its table is lost\\.`));
    expect(post).toContain("Its document one: its text is too long, and is cut. one: its table is lost");
  });

  it("the page of the post asks which of the two goes out", async () => {
    for (const [label, goesOut] of [
      ["Send mine", "In other words"],
      ["Send the document’s", "New in the document"],
    ] as const) {
      const { world, ada } = await anOvertaken();
      const { page } = await ada.get("/console/posts/tea");
      expect(read(page)).toContain("Text edited here by Ada, today 08:00. Its document says something else now.");
      const button = formsOf(page).find((form) => form.label.startsWith(`${label} `))?.label ?? label;
      expect((await ada.press(page, button)).status).toBe(303);
      await world.sweep();
      expect(world.paper.visible()).toEqual([`${goesOut}\n\n${link}`]);
    }
  });

  const asking = { accounts: [paper("one", { approve: true })] };

  it.each([
    ["Send mine", "In other words"],
    ["Send the document’s", "New in the document"],
  ])(
    "%s approves exactly the text that the page showed, whether another one was approved before",
    async (label, goesOut) => {
      for (const isApproved of [false, true]) {
        const { world, ada, go } = await aTeam(asking);
        if (isApproved) await ada.press((await ada.get("/console/posts/tea")).page, "Approve on one");
        await world.app.editText("tea", "one", "In other words", { by: "Ada" });
        if (isApproved) await ada.press((await ada.get("/console/posts/tea")).page, "Approve on one");
        await world.plan("tea", tea("New in the document"));
        await go();
        expect((await world.deliveries("tea")).map((one) => one.hold)).toEqual(["text"]);
        expect(read((await ada.get("/console")).page)).toContain(
          "Its document says something else now. Read both texts",
        );
        const answer = await ada.pressAndSee((await ada.get("/console/posts/tea")).page, `${label} on one`);
        expect(read(answer.page)).toContain("It goes out as soon as the rules of its account allow.");
        await world.sweep();
        expect(world.paper.visible()).toEqual([`${goesOut}\n\n${link}`]);
      }
    },
  );

  it.each(["Send mine", "Send the document’s"])("%s sends nothing that changed since the page", async (label) => {
    const { world, ada, bob } = await anOvertaken(asking);
    const { page } = await ada.get("/console/posts/tea");
    if (label === "Send mine") {
      await world.app.editText("tea", "one", "By Bob");
    } else {
      await world.plan("tea", tea("Once more in the document"));
    }
    const answer = await ada.press(page, `${label} on one`);
    expect(answer.status).toBe(409);
    expect(read(answer.page)).toContain("Nothing was done.");
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
    expect((await bob.get("/console/posts/tea")).status).toBe(200);
  });

  it("the document's text that nobody has read waits for its approval", async () => {
    const { world, ada } = await anOvertaken(asking);
    const answer = await ada.pressAndSee((await ada.get(path)).page, "Use the document’s text again");
    expect(read(answer.page)).toContain("It waits: one needs your approval first.");
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
  });

  it("no approval is offered alone before it is held: both texts are", async () => {
    const { world, ada } = await aTeam(asking);
    await ada.press((await ada.get("/console/posts/tea")).page, "Approve on one");
    await world.app.editText("tea", "one", "In other words", { by: "Ada" });
    await world.plan("tea", tea("New in the document"));
    expect((await world.deliveries("tea")).map(({ state }) => state)).toEqual(["pending"]);
    const { page } = await ada.get("/console/posts/tea");
    const labels = formsOf(page).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(["Send mine on one", "Send the document’s on one"]));
    expect(labels.filter((label) => label.startsWith("Approve"))).toEqual([]);
    await ada.press(page, "Send mine on one");
    await world.app.resume("one");
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([`In other words\n\n${link}`]);
  });

  it("is the first of the held things that need a person, and no release of several means it", async () => {
    const accounts = [paper("one"), paper("two"), paper("three", { approve: true })];
    const { world, ada, go } = await aTeam({ accounts, policies: { settle: 2 * hour } });
    for (const name of ["one", "two"]) await world.app.editText("tea", name, "In other words");
    await world.plan("tea", tea("New in the document"));
    await go();
    await go();
    expect((await world.deliveries("tea")).map(({ hold }) => hold)).toEqual(["text", "approval", "text"]);
    const text = read((await ada.get("/console")).page);
    expect(text.indexOf("Text edited here")).toBeLessThan(text.indexOf("Waits for your approval"));
    const { page } = await ada.get("/console/posts/tea");
    expect(formsOf(page).map(({ label }) => label)).not.toContain("Release 2 on one and two");
  });

  it("the page of what is held for that has no button that means several", async () => {
    const { ada } = await anOvertaken();
    const { page } = await ada.get("/console/held?hold=text");
    expect(read(page)).toContain("Open a post to read its texts and to decide.");
    expect(formsOf(page).map(({ label }) => label)).not.toContain("Release those that are ticked");
  });

  it("is said on the page of the text, and saving another one sends that", async () => {
    const { world, ada } = await anOvertaken();
    const { page } = await ada.get(path);
    expect(read(page)).toContain("so neither of the two goes out. When you save a text, that one goes out.");
    await ada.press(page, "Save the text", { text: "Both together" });
    await world.sweep();
    expect(world.paper.visible()).toEqual([`Both together\n\n${link}`]);
  });

  it("after it was sent, the document's is sent as an edit, where the network has edits", async () => {
    const { world, ada, go } = await aTeam();
    await world.app.editText("tea", "one", "In other words");
    await go();
    await world.plan("tea", tea("New in the document"));
    await world.sweep();
    const { page } = await ada.get("/console/posts/tea");
    expect(read(page)).toContain("The document says something else since.");
    const answer = await ada.pressAndSee(page, "Send the document’s as an edit on one");
    expect(read(answer.page)).toContain("Its copy is edited as soon as the network takes the request.");
    await world.sweep();
    expect(world.paper.visible()).toEqual([`New in the document\n\n${link}`]);
    Object.assign(world.paper.networks.get("paper"), { keepsTexts: true });
    expect((await ada.get("/console/posts/tea")).page).not.toContain("as an edit");
  });

  it("says what is edited in another state", async () => {
    const { world, ada } = await aTeam();
    const lead = async () => read((await ada.get(path)).page);
    await world.app.actOnPost("hold", "tea");
    expect(await lead()).toContain("It is held, and stays held when you save.");
    const { page } = await ada.get(path);
    expect(read((await ada.pressAndSee(page, "Save the text", { text: "Held" })).page)).toContain(
      "The text for one is saved. It stays held.",
    );
    const { page: edited } = await ada.get(path);
    expect(read((await ada.pressAndSee(edited, "Use the document’s text again")).page)).toContain("It stays as it is.");
    await world.app.actOnPost("release", "tea");
    await world.app.resume("one");
    world.paper.fates.push("refused");
    await world.sweep();
    expect(await lead()).toContain("It failed, and is not sent before somebody sends it again.");
    const { page: failed } = await ada.get(path);
    expect(read((await ada.pressAndSee(failed, "Save the text", { text: "Anew" })).page)).toContain(
      "It is not sent before somebody sends it again.",
    );
    await world.app.resume("one");
  });
});

describe("a session that is over", () => {
  it("keeps the text, which is in its form again after the sign-in, not saved", async () => {
    const { world, ada } = await aTeam();
    const { page } = await ada.get(path);
    world.turn(13 * hour);
    const over = await ada.press(page, "Save the text", { text: "Typed for long" });
    expect([over.status, textIn(over.page)]).toEqual([401, "Typed for long"]);
    const back = await ada.press(over.page, "Sign in", { token, name: "Ada", text: "Typed for long" });
    expect([back.status, textIn(back.page)]).toEqual([200, "Typed for long"]);
    expect((await world.deliveries("tea"))[0]?.text).toBeUndefined();
    expect((await ada.press(back.page, "Save the text", { text: "Typed for long" })).status).toBe(303);
  });

  it("does not show the text of another origin", async () => {
    const { app } = await aTeam();
    const response = await app.fetch(
      new Request(new URL("/console/act/text", origin), {
        method: "POST",
        headers: { "Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded" },
        body: "text=Typed+elsewhere",
      }),
    );
    expect([response.status, await response.text()]).toEqual([400, expect.not.stringContaining("Typed elsewhere")]);
  });
});

it("an approval is asked for beside all that readers would see: the whole text or that it is cut, its length, its card", async () => {
  const world = await aWorld({
    accounts: [paper("one", { approve: true }), paper("two")],
    hasCard: true,
  });
  const ada = await aSignedInBrowser(aConsole(world).app, "Ada");
  await world.plan("tea", tea("Short words", { date: "2026-03-01T12:00:00Z" }));
  const pageOf = async () => (await ada.get("/console/posts/tea")).page;
  await ada.press(await pageOf(), "Read its texts");
  const open = await pageOf();
  expect(read(open)).toContain(`Short words ${link} Tea A summary The link’s card 42 of 500 What happened`);
  expect(open.match(/<details open><summary>The text as it goes out/g)).toHaveLength(1);
  expect(open).not.toContain("<details><summary>The text as it goes out");
  expect(read(open)).toContain("It was read without a warning.");
  await world.plan("tea", tea("Long words, and more of them. ".repeat(20), { date: "2026-03-01T12:00:00Z" }));
  await world.sweep();
  const cut = read(await pageOf());
  expect(cut).toMatch(/The link’s card 6\d\d of 500: cut What happened/);
  expect(cut).not.toContain("It was read without a warning.");
  expect(cut).toContain("one: its text is too long, and is cut. two: its text is too long, and is cut.");
});

it("an approval is asked for the text that is saved", async () => {
  const { world, ada } = await aTeam({ accounts: [paper("one", { approve: true })] });
  await world.app.actOnPost("approve", "tea");
  const { page } = await ada.get(path);
  await ada.press(page, "Save the text", { text: "In other words" });
  await world.app.resume("one");
  world.turn(minute);
  await world.sweep();
  expect(world.paper.requests).toEqual([]);
  const { page: post } = await ada.get(path);
  expect(read(post)).toContain("It waits for an approval: the text that you save needs it, too.");
});
