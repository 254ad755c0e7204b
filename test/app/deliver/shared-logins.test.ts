import { describe, expect, test } from "vitest";
import { withoutOtherCopies } from "../../../src/app/deliver/find-copies.ts";
import { findSharedLogin } from "../../../src/app/deliver/shared-logins.ts";
import { countedAs } from "../../../src/domain/request-gates.ts";
import { minute } from "../../../src/domain/time.ts";
import type { NoLogin } from "../../../src/ports/networks.ts";
import { anAccount, deliveryIn } from "../../support/builders.ts";
import type { PaperOptions } from "../../support/paper-network.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const accountsWith = (sharesLogin: readonly boolean[]) =>
  sharesLogin.map((shares, at) =>
    anAccount({ name: ["one", "two", "three"][at] ?? "", network: "paper", sharesLogin: shares }),
  );

/** Several accounts of which each logs in as the same person. */
const aSharedWorld = async (...sharesLogin: readonly boolean[]) => aSharedWorldOn({}, sharesLogin);

const aSharedWorldOn = async (network: PaperOptions, sharesLogin: readonly boolean[]) => {
  const world = await aWorld({ ...network, accounts: accountsWith(sharesLogin) });
  world.paper.identity.isShared = true;
  return world;
};

const publish = async (world: World, slug = "a"): Promise<void> => {
  world.write(`${slug}.md`, aDocument({ slug, title: slug }));
  await world.ingest(`${slug}.md`);
  for (let time = 0; time < 6; time += 1) {
    await world.sweep();
    world.turn(minute);
  }
};

const statesOf = async (world: World, slug = "a") =>
  Object.fromEntries((await world.deliveries(slug)).map(({ account, state, reason }) => [account, [state, reason]]));

const why =
  "two has the login of one (ada) and is not used, because everything would be posted twice: give it a login of its own, or set sharesLogin: true in both";

describe("a second account with the login sends the same post a moment later, because Nostr takes equal notes of one second for one", () => {
  test("and each has its own", async () => {
    const world = await aSharedWorldOn({ remembersFor: minute, byAddress: true }, [true, true]);
    await publish(world);
    expect(await statesOf(world)).toEqual({ one: ["posted", undefined], two: ["posted", undefined] });
    const [first, second] = world.paper.posts;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  test("also where the first got no answer, and is not there yet", async () => {
    const world = await aSharedWorldOn({}, [true, true]);
    world.paper.fates.push("lost");
    await publish(world);
    const [first, second] = await world.deliveries("a");
    expect(first?.sent?.request).not.toEqual(second?.sent?.request);
  });
});

test("what is found at the address of a page is claimed by neither of two accounts with one login that both got no answer", async () => {
  const world = await aSharedWorldOn({ offers: "refuse", canFind: true, byAddress: true, namesEqual: true }, [
    true,
    true,
  ]);
  world.paper.fates.push("lost", "applied");
  world.write("a.md", aDocument({ slug: "a", social: { one: "As one", two: "As two" } }));
  await world.ingest("a.md");
  for (let time = 0; time < 6; time += 1) {
    await world.sweep();
    world.turn(minute);
  }
  expect(world.paper.visible()).toHaveLength(1);
  expect(Object.values(await statesOf(world))).toContainEqual([
    "unknown",
    expect.stringContaining("it is not known which"),
  ]);
});

describe("of two accounts with one login", () => {
  test("the second is not used, and says so, and the first posts", async () => {
    const world = await aSharedWorld(false, false);
    await publish(world);
    expect(world.paper.visible()).toHaveLength(1);
    expect(await statesOf(world)).toEqual({ one: ["posted", undefined], two: ["pending", why] });
    expect(await world.app.checkAccounts()).toMatchObject([{ problem: undefined }, { problem: why }]);
  });

  test("the second is not used either where it is ready before the first was ever asked", async () => {
    const world = await aSharedWorld(false, false);
    await world.plan("a", aDocument({ slug: "a" }));
    await world.app.actOnPost("hold", "a");
    const second = (await world.deliveries("a")).find(({ account }) => account === "two");
    await world.app.act("release", `${second?.post}.two.1`);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
    expect((await statesOf(world)).two).toEqual(["pending", why]);
  });

  test("only one that says so is not enough", async () => {
    const world = await aSharedWorld(false, true);
    await publish(world);
    expect(world.paper.visible()).toHaveLength(1);
  });

  test("both are used where both say so", async () => {
    const world = await aSharedWorld(true, true);
    await publish(world);
    expect(world.paper.visible()).toHaveLength(2);
    expect(await world.app.checkAccounts()).toMatchObject([{ problem: undefined }, { problem: undefined }]);
  });

  test("posts of the second that wait count for nothing: none is held as one too many", async () => {
    const world = await aWorld({ accounts: accountsWith([false, false]), policies: { burst: 2 } });
    world.paper.identity.isShared = true;
    for (const slug of ["a", "b", "c"]) await publish(world, slug);
    const states = await Promise.all(["a", "b", "c"].map(async (slug) => (await statesOf(world, slug)).two?.[0]));
    expect(states).toEqual(["pending", "pending", "pending"]);
    expect((await world.store.accounts.read("two")).sent).toEqual({});
  });

  test("the second goes on when it has a login of its own", async () => {
    const world = await aSharedWorld(false, false);
    await publish(world);
    world.paper.identity.isShared = false;
    world.turn(10 * minute);
    await world.sweep();
    expect(world.paper.visible()).toHaveLength(2);
  });

  test("nothing is refused where the network does not say whose login it is", async () => {
    const world = await aSharedWorld(false, false);
    world.paper.identity.isKnown = false;
    await publish(world);
    expect(world.paper.visible()).toHaveLength(2);
  });
});

test.each([
  ["posted", deliveryIn.posted],
  ["posted, with an edit that waits for an approval", { ...deliveryIn.posted, hold: "approval" }],
  ["editing", deliveryIn.editing],
  ["deleting", deliveryIn.deleting],
  ["unsettled", deliveryIn.unsettled],
] as const)(
  "a copy is not adopted where a delivery of another site with the same login made it, and is %s",
  async (_, copied) => {
    const accounts = [
      anAccount({ name: "one", network: "paper", sharesLogin: true }),
      anAccount({ name: "two", network: "paper", site: "notes", sharesLogin: true }),
    ];
    const world = await aWorld({ accounts });
    const { deliveries } = world.store;
    const made = { ...copied, site: "notes", post: "n", account: "two", network: "paper", version: 0 };
    await deliveries.create({ ...made, remotes: [{ id: "p1", url: null, public: true, gone: false }] });
    const found = [
      { remote: { id: "p1", url: null, public: true } },
      { remote: { id: "p2", url: null, public: true } },
    ];
    const delivery = { ...deliveryIn.sending, account: "one", network: "paper" };
    const ports = { ...world.app.sites[0].ports, accounts };
    expect(await withoutOtherCopies(found, delivery, ports)).toEqual([found[1]]);
  },
);

test("a copy that another site has made a moment ago is not adopted either, where the index does not know it yet", async () => {
  const accounts = [
    anAccount({ name: "one", network: "paper", sharesLogin: true }),
    anAccount({ name: "two", network: "paper", site: "notes", sharesLogin: true }),
  ];
  const world = await aWorld({ accounts });
  const { deliveries, accounts: accountStates } = world.store;
  const made = { ...deliveryIn.posted, site: "notes", post: "n", account: "two", network: "paper", version: 0 };
  await deliveries.create({ ...made, remotes: [{ id: "p1", url: null, public: true, gone: false }] });
  await accountStates.save({ ...(await accountStates.read("two")), sent: { [countedAs(made)]: world.clock() } });
  const late = { ...deliveries, inState: async () => ({ rows: [], next: undefined }) };
  const found = [{ remote: { id: "p1", url: null, public: true } }];
  const delivery = { ...deliveryIn.sending, account: "one", network: "paper" };
  const ports = { ...world.app.sites[0].ports, accounts, deliveries: late };
  expect(await withoutOtherCopies(found, delivery, ports)).toEqual([]);
});

test("a copy that an account with the same login may have made, and that it has no answer for, is not taken over", async () => {
  const world = await aSharedWorldOn({ offers: "key", remembersFor: 50 * minute }, [true, true]);
  world.paper.fates.push("applied");
  await publish(world);
  const remotes = (await world.deliveries("a")).map(({ state, remotes: [remote] = [] }) => [state, remote?.id]);
  expect(remotes.toSorted()).toEqual([
    ["posted", "p1"],
    ["posted", "p2"],
  ]);
  expect(world.paper.visible()).toHaveLength(2);
  expect(world.alarms.filter((alarm) => alarm.startsWith("elsewhere"))).toEqual([]);
});

describe("a text that an account with the same login has posted, on a network that takes it once", () => {
  test("fails as the copy of that account", async () => {
    const world = await aSharedWorldOn({ offers: "refuse" }, [true, true]);
    await publish(world);
    expect(world.paper.visible()).toHaveLength(1);
    const reason = "another announcement has the same text on paper already: duplicate content";
    expect(Object.values(await statesOf(world)).toSorted()).toEqual([
      ["failed", reason],
      ["posted", undefined],
    ]);
  });

  test("is not taken over where the refused send was the second one", async () => {
    const world = await aSharedWorldOn({ offers: "refuse" }, [true, true]);
    world.paper.fates.push("taken", "lost");
    await publish(world);
    expect(world.paper.visible()).toHaveLength(1);
    const reason = "an earlier copy has the same text, so it is not known which of them is meant: duplicate content";
    expect(Object.values(await statesOf(world)).toSorted()).toEqual([
      ["posted", undefined],
      ["unknown", reason],
    ]);
  });

  test("is its own copy where the other account has another login", async () => {
    const world = await aSharedWorldOn({ offers: "refuse" }, [true, true]);
    world.paper.identity.isShared = false;
    world.paper.fates.push("taken", "applied");
    await publish(world);
    expect(world.paper.visible()).toHaveLength(2);
    expect(Object.values(await statesOf(world)).map(([state]) => state)).toEqual(["posted", "posted"]);
  });
});

test.each([
  ["the same credentials", ["abcd", "abcd"], why.replace("ada", "hooks.example")],
  ["other credentials", ["abcd", "ef01"], undefined],
] as const)(
  "where the identity does not say where a login posts, two accounts with %s are compared",
  async (_, secrets, expected) => {
    const world = await aWorld({ accounts: accountsWith([false, false]) });
    const { networks, accounts: accountStates } = { networks: world.paper.networks, accounts: world.store.accounts };
    const ports = {
      accountStates,
      networks: {
        ...networks,
        get: (name: string) => ({ ...networks.get(name), placeBy: "credentials" as const }),
        fingerprint: async ({ name }: { readonly name: string }) => secrets[name === "one" ? 0 : 1],
      },
      clock: world.clock,
      deadline: () => new AbortController().signal,
    };
    const [, second = anAccount()] = world.configured.accounts;
    const login = { kind: "identity", id: "hooks.example", fingerprint: secrets[1] } as const;
    const shared = await findSharedLogin(second, login, world.configured.accounts, ports);
    expect(shared?.reason).toBe(expected);
  },
);

test("a send waits while it cannot be known whose login an earlier account has, and an account without a working login is none", async () => {
  const world = await aWorld({ accounts: accountsWith([false, false]) });
  const { networks } = world.paper;
  const [, second = anAccount()] = world.configured.accounts;
  const login = { kind: "identity", id: "ada", fingerprint: "secret" } as const;
  const ask = async (answer: NoLogin | Error) => {
    const whoAmI = async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const ports = {
      accountStates: world.store.accounts,
      networks: { ...networks, connect: async () => ({ connection: { whoAmI }, fingerprint: "first" }) },
      clock: world.clock,
      deadline: () => new AbortController().signal,
    };
    return findSharedLogin(second, login, world.configured.accounts, ports);
  };
  expect(await ask({ kind: "unavailable", reason: "503" })).toEqual({
    kind: "mayShare",
    reason: "it is not known yet whether one has the same login: 503",
  });
  expect(await ask({ kind: "unauthorised", reason: "401" })).toBeUndefined();
  expect(await ask(new Error("AccessDenied: the secret of one"))).toBeUndefined();
  // The last check of it found the same login.
  await world.app.logIn();
  const unreadable = new Error("Throttled: the secret of one");
  const fingerprint = async ({ name }: { readonly name: string }) => {
    if (name === "one") throw unreadable;
    return "secret";
  };
  const ports = { ...networks, fingerprint };
  const shared = await findSharedLogin(second, login, world.configured.accounts, {
    accountStates: world.store.accounts,
    networks: ports,
    clock: world.clock,
    deadline: () => new AbortController().signal,
  });
  expect(shared?.kind).toBe("shared");
});
