import { describe, expect, onTestFinished, test } from "vitest";
import { hour, iso, minute } from "../../src/domain/time.ts";
import { consoleLog } from "../../src/runtimes/local/console-output.ts";
import { watchStorage } from "../../src/runtimes/local/watch-storage.ts";
import { postKey } from "../../src/store/keys.ts";
import { openDatabase, sqliteTable } from "../../src/store/sqlite-table.ts";
import { anAccount } from "../support/builders.ts";
import { anOwner } from "../support/owner.ts";

/**
 * Twelve failures as an owner meets them: what the terminal, the commands and the mail say, and that each command, typed
 * as it is printed, leads to the good end, with one post on the network. The texts are here to be read.
 */

describe("1. a wrong token", () => {
  test("is said everywhere with the command that sets another", async () => {
    const owner = await anOwner();
    owner.world.paper.login.now = { kind: "unauthorised", reason: "Paper answered 401: invalid token" };
    await owner.save();
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      created s
      s on one waits: one is paused
      !! unauthorised: one is paused: Paper answered 401: invalid token; set new credentials with "npx crier accounts set one"
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  one is paused: Paper answered 401: invalid token; set new credentials with "npx crier accounts set one", next attempt 2026-03-01 09:05 Europe/Berlin
      "
    `);
    expect(await owner.crier("accounts")).toMatchInlineSnapshot(`
      "
      ACCOUNT  NETWORK  POSTS     TODAY    WAITING  UNDER WAY  HELD  UNKNOWN  NOTE
      one      paper    for real  0 of 50  1        0          0     0        paused since 2026-03-01 09:00 Europe/Berlin: Paper answered 401: invalid token; set new credentials with "npx crier accounts set one"; tried again at 2026-03-01 09:05 Europe/Berlin
      "
    `);
    expect(await owner.crier("doctor")).toMatchInlineSnapshot(`
      "
      ok  answers             http://crier/ answers 200
      ok  work                is being done
      !!  token and accounts  the login of one is refused (Paper answered 401: invalid token): set new credentials in .env, or with "npx crier accounts set one"
      ok  feed.xml            application/rss+xml
      ok  atom.xml            application/rss+xml
      ok  feed.json           application/feed+json
      ok  feeds               2 without faults
      ok  sources             1 without faults
      ok  documents           none refused
      ok  stored posts        can be read
      ok  pages               none to ask for
      ok  failed deliveries   none
      ok  unknown deliveries  none
      ok  held deliveries     none
      "
    `);
    expect(await owner.mail()).toMatchInlineSnapshot(`
      "
      Crier, blog: one is paused

      blog: one is paused.
      The network takes nothing from this account: its login expired, was withdrawn or mistyped, it is locked, or its credits are used up. The account's deliveries wait, none fails.

      - one
        Paper answered 401: invalid token; set new credentials with "npx crier accounts set one"
        npx crier accounts set one
        then, to check it and go on: npx crier accounts --check

      What to do: Do what the reason says. Nothing is lost meanwhile: Crier tries again by itself, each hour or when the network said.
      More: docs/operations.md, "unauthorised". Failures with the same cause are reported at most once an hour.
      "
    `);
    expect(owner.world.paper.visible()).toEqual([]);
    // The secret is set, and npm start is started again with it.
    owner.world.paper.credentials.now = "second";
    owner.world.paper.login.now = undefined;
    expect(await owner.follow("accounts --check")).toContain("logged in as ada");
    expect(await owner.crier("status", "s")).toContain("https://paper.example/p1");
    await owner.wait(hour);
    expect(owner.world.paper.visible()).toHaveLength(1);
  });
});

describe("2. the token is corrected", () => {
  test.each(["a check of the login", "a request"])(
    "and all commands say so at once, after %s was refused",
    async (what) => {
      const owner = await anOwner();
      if (what === "a request") owner.world.paper.fates.push("unauthorised");
      else owner.world.paper.login.now = { kind: "unauthorised", reason: "Paper answered 401: invalid token" };
      await owner.save();
      owner.world.paper.login.now = undefined;
      owner.world.paper.credentials.now = "second";
      expect(await owner.crier("accounts")).toContain("paused");
      expect(await owner.crier("accounts", "--check")).toContain("logged in as ada");
      expect(await owner.crier("accounts")).not.toContain("paused");
      expect(await owner.crier("status", "s")).toContain("https://paper.example/p1");
      expect(await owner.crier("doctor")).toMatch(/^ok {2}token and accounts /m);
      expect(owner.world.paper.visible()).toHaveLength(1);
    },
  );
});

describe("3. a duplicate", () => {
  test("is what it is, and the command records it: nothing is sent again", async () => {
    const before = await anOwner({ offers: "refuse" });
    await before.save();
    const owner = await anOwner({ offers: "refuse", namesEqual: true });
    owner.world.paper.write("one", before.world.paper.visible()[0] ?? "");
    await owner.save();
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      created s
      !! duplicate: s on one: an equal post is on paper already (https://paper.example/p1): duplicate content; if that post is this one: npx crier resolve ID --as posted; if it is not, after a change of the document: npx crier resolve ID --as retry
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE   DETAILS
        one      failed  an equal post is on paper already (https://paper.example/p1): duplicate content
          if that post is this one:                      npx crier resolve ID --as posted
          if it is not, after a change of the document:  npx crier resolve ID --as retry
      "
    `);
    expect(await owner.mail()).toMatchInlineSnapshot(`
      "
      Crier, blog: 1 post refused by one, which has an equal one

      blog: 1 post refused by one, which has an equal one.
      The network has a post with the same text or address, and takes no second one. The reason says which: another announcement by Crier, or a post of which Crier does not know who made it.

      - "A title" <https://blog.example.com/s/>
        an equal post is on paper already (https://paper.example/p1): duplicate content
        if that post is this one: npx crier resolve ID --as posted
        if it is not, after a change of the document: npx crier resolve ID --as retry

      What to do: Look at the post that is there. If it is this one, record that, and nothing is sent. If it is another one, change the document first (\`social.<account>\` sets the text for one account).
      More: docs/operations.md, "duplicate". Failures with the same cause are reported at most once an hour.
      "
    `);
    expect(await owner.follow("resolve ID --as posted")).toMatchInlineSnapshot(`
      "
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1, resolved by hand: it is the post that was there, next attempt 2026-03-01 09:03 Europe/Berlin
      "
    `);
    await owner.wait(hour);
    expect(owner.world.paper.visible()).toHaveLength(1);
    expect(await owner.crier("status", "s")).toContain("https://paper.example/p1");
  });
});

describe("4. a 500 of a webhook", () => {
  const aWebhook = async (posted: boolean) => {
    const owner = await anOwner({ offers: "none" });
    const reason = "hook.example answered 500: upstream is down";
    owner.world.paper.fates.push(posted ? { kind: "unanswered", reason } : "lost");
    await owner.save();
    await owner.wait(10 * minute);
    return owner;
  };

  test("is still said when nobody can know whether the post is there", async () => {
    const owner = await aWebhook(true);
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      created s
      s on one may be posted or not: hook.example answered 500: upstream is down; Crier looks for it where it can, or asks you
      !! unknown: s on one: hook.example answered 500: upstream is down; it may have been posted nevertheless, and the network cannot be searched: check the network; if it is on the network: npx crier resolve ID --as posted; if it is not, to send it: npx crier resolve ID --as retry
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      unknown  hook.example answered 500: upstream is down; it may have been posted nevertheless, and the network cannot be searched: check the network
          if it is on the network:   npx crier resolve ID --as posted
          if it is not, to send it:  npx crier resolve ID --as retry
      "
    `);
    expect(await owner.crier("accounts")).toMatchInlineSnapshot(`
      "
      ACCOUNT  NETWORK  POSTS     TODAY    WAITING  UNDER WAY  HELD  UNKNOWN  NOTE
      one      paper    for real  1 of 50  0        0          0     1        logged in as ada, checked 2026-03-01 09:00 Europe/Berlin
      "
    `);
    expect(await owner.mail()).toMatchInlineSnapshot(`
      "
      Crier, blog: 1 post may or may not be on one

      blog: 1 post may or may not be on one.
      The network did not say clearly whether it took the post, and nothing that it offers tells what happened. Crier does not send it again by itself.

      - "A title" <https://blog.example.com/s/>
        hook.example answered 500: upstream is down; it may have been posted nevertheless, and the network cannot be searched: check the network
        if it is on the network: npx crier resolve ID --as posted
        if it is not, to send it: npx crier resolve ID --as retry

      What to do: Look at the account's timeline, then record what you found.
      More: docs/operations.md, "unknown". Failures with the same cause are reported at most once an hour.
      "
    `);
    await owner.follow("resolve ID --as posted");
    await owner.wait(hour);
    expect(owner.world.paper.visible()).toHaveLength(1);
  });

  test("is sent once where the owner did not find it", async () => {
    const owner = await aWebhook(false);
    await owner.crier("status", "s");
    await owner.follow("resolve ID --as retry");
    await owner.wait(hour);
    expect(owner.world.paper.visible()).toHaveLength(1);
  });
});

describe("5. the network's spending cap", () => {
  test("pauses the account until its date, new credentials do not end it, and a retry does", async () => {
    const owner = await anOwner();
    const until = owner.world.clock() + 30 * 24 * hour;
    owner.world.paper.fates.push({
      kind: "unauthorised",
      reason: `Paper answered 403: your account has reached its spend cap until ${iso(until).slice(0, 10)}`,
      remedy: "raise the spending cap or buy credits, then `crier retry` a post of it",
      until,
    });
    await owner.save();
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      created s
      s on one waits: one is paused
      !! unauthorised: one is paused: Paper answered 403: your account has reached its spend cap until 2026-03-31; raise the spending cap or buy credits, then \`crier retry\` a post of it
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  one is paused: Paper answered 403: your account has reached its spend cap until 2026-03-31; raise the spending cap or buy credits, then \`crier retry\` a post of it, next attempt 2026-03-01 09:05 Europe/Berlin
      "
    `);
    expect(await owner.crier("accounts")).toMatchInlineSnapshot(`
      "
      ACCOUNT  NETWORK  POSTS     TODAY    WAITING  UNDER WAY  HELD  UNKNOWN  NOTE
      one      paper    for real  0 of 50  1        0          0     0        logged in as ada, checked 2026-03-01 09:00 Europe/Berlin; paused since 2026-03-01 09:00 Europe/Berlin: Paper answered 403: your account has reached its spend cap until 2026-03-31; raise the spending cap or buy credits, then \`crier retry\` a post of it; tried again at 2026-03-01 09:05 Europe/Berlin
      "
    `);
    expect(await owner.mail()).toMatchInlineSnapshot(`
      "
      Crier, blog: one is paused

      blog: one is paused.
      The network takes nothing from this account: its login expired, was withdrawn or mistyped, it is locked, or its credits are used up. The account's deliveries wait, none fails.

      - one
        Paper answered 403: your account has reached its spend cap until 2026-03-31; raise the spending cap or buy credits, then \`crier retry\` a post of it
        then, to go on: npx crier retry ID

      What to do: Do what the reason says. Nothing is lost meanwhile: Crier tries again by itself, each hour or when the network said.
      More: docs/operations.md, "unauthorised". Failures with the same cause are reported at most once an hour.
      "
    `);
    owner.world.paper.credentials.now = "second";
    expect(await owner.crier("accounts", "--check")).toContain("paused since");
    await owner.follow("retry ID");
    expect(owner.world.paper.visible()).toHaveLength(1);
    expect(await owner.crier("accounts")).not.toContain("paused");
  });
});

describe("6. a lost body", () => {
  test("is one post of which all say how it is healed", async () => {
    const owner = await anOwner();
    await owner.save();
    owner.terminal();
    const { id } = await owner.world.post("s");
    await owner.world.table.update(postKey("blog", id), { remove: ["body"] }, { kind: "present" });
    await owner.saveOther();
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      other on one waits: the interval between two posts of one is not over yet; next attempt 09:01 Europe/Berlin
      !! gate: main: tag:blog.example.com,2026:blog/a8952e7bc11927c13c874a791c is left out: (s) cannot be read from the data, because its row holds neither a body nor the key of one: save its document again, or remove the post (kind: feed, site: blog)
      !! gate: archive/1: tag:blog.example.com,2026:blog/a8952e7bc11927c13c874a791c is left out: (s) cannot be read from the data, because its row holds neither a body nor the key of one: save its document again, or remove the post (kind: feed, site: blog)
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin (the post cannot be read from the data, because its row holds neither a body nor the key of one: save its document again, or remove the post)
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1
      "
    `);
    expect(await owner.crier("doctor")).toMatchInlineSnapshot(`
      "
      ok  answers             http://crier/ answers 200
      ok  work                is being done
      ok  token and accounts  1 for real (one as ada), 0 in the sandbox, 0 not connected
      ok  feed.xml            application/rss+xml
      ok  atom.xml            application/rss+xml
      ok  feed.json           application/feed+json
      !!  feeds               2 feeds with faults: see npx crier feeds
      ok  sources             1 without faults
      ok  documents           none refused
      !!  stored posts        1 post cannot be read from the data (s): save its document again, or run npx crier remove SLUG
      ok  pages               none to ask for
      ok  failed deliveries   none
      ok  unknown deliveries  none
      ok  held deliveries     none
      "
    `);
    expect(await owner.mail()).toMatchInlineSnapshot(`
      "
      Crier, blog: an entry is left out of the feeds

      blog: an entry is left out of the feeds.
      A rendered feed did not pass its checks. The invalid entry is not published; if no single entry is the cause, the last good feed stays.

      - main
        tag:blog.example.com,2026:blog/a8952e7bc11927c13c874a791c (s) cannot be read from the data, because its row holds neither a body nor the key of one: save its document again, or remove the post
        npx crier feeds
      - archive/1
        tag:blog.example.com,2026:blog/a8952e7bc11927c13c874a791c (s) cannot be read from the data, because its row holds neither a body nor the key of one: save its document again, or remove the post
        npx crier feeds

      What to do: Correct the document that is named, and save it. If it looks right, it is a fault in Crier: report it with this text.
      More: docs/operations.md, "gate". Failures with the same cause are reported at most once an hour.
      "
    `);
    await owner.save();
    expect((await owner.world.titles()).toSorted()).toEqual(["A title", "Other"]);
    expect(owner.world.paper.visible()).toHaveLength(2);
  });
});

describe("7. a lost picture", () => {
  test("keeps no post back: it goes out once, and says that it has none and why", async () => {
    const owner = await anOwner({ takesPictures: true });
    await owner.save({ image: "https://blog.example.com/press.png", imageAlt: "A hand press" });
    await owner.wait(hour);
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      created s
      s on one waits for its picture: blog.example.com answered 404; next attempt 09:00:10 Europe/Berlin
      s posted on one: https://paper.example/p1; it went without its picture: blog.example.com answered 404
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1, it went without its picture: blog.example.com answered 404
      "
    `);
    expect(await owner.mail()).toBe("\n\n");
    expect(owner.world.paper.visible()).toHaveLength(1);
  });
});

describe("8. a paused account", () => {
  test("whose token may not write is retried once it may, and posts once", async () => {
    const owner = await anOwner();
    owner.world.paper.fates.push({ kind: "unauthorised", reason: "Paper answered 403: this token may not write" });
    await owner.save();
    expect(await owner.crier("accounts")).toMatchInlineSnapshot(`
      "
      ACCOUNT  NETWORK  POSTS     TODAY    WAITING  UNDER WAY  HELD  UNKNOWN  NOTE
      one      paper    for real  0 of 50  1        0          0     0        logged in as ada, checked 2026-03-01 09:00 Europe/Berlin; paused since 2026-03-01 09:00 Europe/Berlin: Paper answered 403: this token may not write; set new credentials with "npx crier accounts set one"; tried again at 2026-03-01 09:05 Europe/Berlin
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE    DETAILS
        one      pending  one is paused: Paper answered 403: this token may not write; set new credentials with "npx crier accounts set one", next attempt 2026-03-01 09:05 Europe/Berlin
      "
    `);
    // The right was given to the same token.
    const [delivery] = await owner.world.deliveries("s");
    await owner.crier("retry", `${delivery?.post}.one.1`);
    expect(owner.world.paper.visible()).toHaveLength(1);
    expect(await owner.crier("accounts")).not.toContain("paused");
  });
});

describe("9. half a thread", () => {
  const half = async () => {
    const owner = await anOwner({ parts: 2, offers: "none", canFind: false });
    owner.world.paper.fates.push("taken", { kind: "rejected", reason: "Paper answered 400: no replies today" });
    await owner.save();
    return owner;
  };

  test("is said with its address, and what is missing is sent once", async () => {
    const owner = await half();
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      created s
      !! unfinished: s on one: only a part of it is known to be sent: Paper answered 400: no replies today; if all of it is on the network now: npx crier resolve ID --as posted; if not, to send what is missing: npx crier resolve ID --as retry
      s posted in part on one: https://paper.example/p1
      "
    `);
    expect(await owner.crier("status", "s")).toMatchInlineSnapshot(`
      "
      A title
        https://blog.example.com/s/
        live, published 2026-03-01 08:00 Europe/Berlin
        ACCOUNT  STATE   DETAILS
        one      posted  https://paper.example/p1, only a part of it is known to be sent: Paper answered 400: no replies today, 2 attempts
          if all of it is on the network now:  npx crier resolve ID --as posted
          if not, to send what is missing:     npx crier resolve ID --as retry
      "
    `);
    expect(await owner.mail()).toMatchInlineSnapshot(`
      "
      Crier, blog: 1 post only in part on one

      blog: 1 post only in part on one.
      The post is public there. The replies that belong to it are not, or Crier cannot find out whether they are. Crier does not send them again by itself.

      - "A title" <https://paper.example/p1>
        only a part of it is known to be sent: Paper answered 400: no replies today
        if all of it is on the network now: npx crier resolve ID --as posted
        if not, to send what is missing: npx crier resolve ID --as retry

      What to do: Look at the post, then record what you found.
      More: docs/operations.md, "unfinished". Failures with the same cause are reported at most once an hour.
      "
    `);
    await owner.follow("resolve ID --as retry");
    expect(owner.world.paper.visible()).toHaveLength(2);
    await owner.wait(hour);
    expect(owner.world.paper.visible()).toHaveLength(2);
  });

  test("is left as it is where the owner added the rest by hand", async () => {
    const owner = await half();
    await owner.mail();
    await owner.follow("resolve ID --as posted");
    await owner.wait(hour);
    expect(owner.world.paper.visible()).toHaveLength(1);
    expect(await owner.crier("status", "s")).not.toContain("npx crier");
  });
});

describe("10. a refused document", () => {
  test("is named with the field and what to write, and posted once it is corrected", async () => {
    const owner = await anOwner();
    await owner.saveText("---\ntype: article\nslug: s\ndate: 2026-03-01T07:00:00Z\n---\nWords.\n");
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      ! s.md is refused: title: It has no title: add \`title: …\` to the front matter.
      "
    `);
    expect(await owner.crier("doctor")).toMatchInlineSnapshot(`
      "
      ok  answers             http://crier/ answers 200
      ok  work                is being done
      ok  token and accounts  1 for real (one as ada), 0 in the sandbox, 0 not connected
      !!  feed.xml            answers 404: nothing has been rendered yet
      !!  atom.xml            answers 404: nothing has been rendered yet
      !!  feed.json           answers 404: nothing has been rendered yet
      ok  feeds               0 without faults
      ok  sources             1 without faults
      !!  documents           1 document refused: see npx crier list --refused
      ok  stored posts        can be read
      ok  pages               none to ask for
      ok  failed deliveries   none
      ok  unknown deliveries  none
      ok  held deliveries     none
      "
    `);
    expect(await owner.follow("list --refused")).toMatchInlineSnapshot(`
      "
      Refused s.md
        title: It has no title: add \`title: …\` to the front matter.
      "
    `);
    await owner.save();
    expect(owner.world.paper.visible()).toHaveLength(1);
    expect(await owner.crier("doctor")).toMatch(/^ok {2}documents +none refused/m);
  });
});

describe("11. a faulty feed", () => {
  test("names the entry that is left out, and the feed is right again once its document is saved", async () => {
    const owner = await anOwner();
    await owner.save();
    const { id } = await owner.world.post("s");
    await owner.world.table.update(postKey("blog", id), { set: { title: 7 } }, { kind: "present" });
    await owner.saveOther();
    expect(await owner.crier("feeds")).toMatchInlineSnapshot(`
      "
      https://feeds.example.com/archive/1.xml  Archive, page 1
        !! tag:blog.example.com,2026:blog/a8952e7bc11927c13c874a791c (s) cannot be read from the data, because its stored row cannot be read: title: save its document again, or remove the post: only this entry is left out
      https://feeds.example.com/  A Blog
        https://feeds.example.com/feed.xml
        https://feeds.example.com/atom.xml
        https://feeds.example.com/feed.json
        !! tag:blog.example.com,2026:blog/a8952e7bc11927c13c874a791c (s) cannot be read from the data, because its stored row cannot be read: title: save its document again, or remove the post: only this entry is left out
      "
    `);
    await owner.save();
    expect(await owner.crier("feeds")).not.toContain("!!");
    expect((await owner.world.titles()).toSorted()).toEqual(["A title", "Other"]);
  });
});

describe("12. a full disk", () => {
  test("is one line, and one when it is over; nothing that was stored is lost", async () => {
    const database = openDatabase(":memory:");
    onTestFinished(() => database.close());
    const printed: string[] = [];
    let now = 0;
    const storage = watchStorage({
      log: consoleLog((line) => printed.push(line)),
      clock: () => now,
      setTimer: () => () => {},
      onRecovered: () => {},
    });
    onTestFinished(storage.close);
    const table = storage.table(sqliteTable(database), "crier.db");
    await table.put({ pk: "kept", sk: "S" });
    const pages = Number(database.prepare("pragma page_count").get()?.page_count);
    database.exec(`pragma max_page_count = ${pages}`);
    for (const pk of ["a", "b"]) await expect(table.put({ pk, sk: "S", text: "x".repeat(20_000) })).rejects.toThrow();
    database.exec("pragma max_page_count = 100000");
    now += hour;
    await table.put({ pk: "a", sk: "S", text: "x".repeat(20_000) });
    expect(await table.get({ pk: "kept", sk: "S" })).toBeDefined();
    expect(`\n${printed.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      !! database: the disk is full, so that crier.db cannot be written: free some space. Nothing that was stored is lost, and what waits is done then
      the data folder can be written again
      "
    `);
  });
});

describe("a post that waits, as an owner reads it", () => {
  test("says in the terminal for when and why, and then where it went", async () => {
    const quietHours = { from: 0, to: 10 * 60 };
    const account = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50, quietHours } });
    const owner = await anOwner({ accounts: [account] });
    await owner.save();
    await owner.wait(2 * hour);
    expect(owner.terminal()).toMatchInlineSnapshot(`
      "
      created s
      s on one waits until 10:00 Europe/Berlin: quiet hours
      s posted on one: https://paper.example/p1
      "
    `);
    expect(owner.world.paper.visible()).toHaveLength(1);
  });
});
