import { type Delivery, deliveryId } from "../../src/domain/delivery.ts";
import type { DeliveryAction } from "../../src/domain/delivery-commands.ts";
import { minute } from "../../src/domain/time.ts";
import { movedKey } from "../../src/store/keys.ts";
import { connectAccount } from "./accounts.ts";
import { createDamage } from "./damage.ts";
import { createDocumentActs, editedName } from "./document-acts.ts";
import { slugsOf } from "./invariants/rows-of-world.ts";
import { contentOf, contentOfCopy } from "./network/models.ts";
import type { Copy } from "./network/network-model.ts";
import type { SimulatedSite } from "./world.ts";

/** Networks forget posts that a table did not know, except those that can be read: this is a separate case. */
const restoring: ReadonlySet<string> = new Set(["backUp", "putBack", "retitle", "moveAway", "moveBack"]);

/** The parts that are known to be public. An upload is a request of its own, and no part. */
const knownParts = ({ remotes = [], unfinished }: Delivery): number =>
  remotes.length - (unfinished?.isOpen === true ? 1 : 0);

/** Acts with notes and answers. */
export const actsWithNotes: readonly ActName[] = ["convert", "convert", "answer"];

/** The acts on the posts of one site. Others concern the whole installation. */
export const actsOfSite: ReadonlySet<string> = new Set([
  ...["write", "edit", "convert", "answer", "changeSlug", "redate", "erase", "restore", "rename", "rewrite"],
  ...["again", "removePost", "retry", "resolve", "hold", "release", "approve", "dismiss", "withdrawCopy"],
  ...["editText", "documentText", "decideText"],
]);

/** A person who looks for a delivery on its network sees whether the missing part is there. */
const isOnNetwork = (one: Delivery, ofPost: readonly Copy[], all: readonly Delivery[]): boolean => {
  const part = knownParts(one);
  const there = ofPost.filter(
    (copy) => copy.account === one.account && copy.part === part && !copy.deleted && !copy.byPerson,
  );
  // The receiver of a webhook has the ids of its messages. Those of another installation have the same, maybe of another text.
  if (one.network === "webhook") {
    const sent = contentOf(one.network, one.sent?.request ?? {});
    return there.some(({ id, contents }) => id === `${one.seed}-${one.copy}` && contents.has(sent));
  }
  const others = all.filter(
    (other) =>
      other.post === one.post &&
      other.account === one.account &&
      other.generation !== one.generation &&
      other.state === "posted" &&
      knownParts(other) > part,
  );
  const nameless = others.filter(({ remotes = [] }) => remotes[part]?.id === null);
  const named = others.flatMap(({ remotes = [] }) => remotes.map(({ id }) => id));
  const free = there.filter(({ id }) => !named.includes(id));
  if (one.state !== "unknown") return free.length > nameless.length;
  // The text tells publications apart, except those with the same text.
  const said = contentOf(one.network, one.sent.request);
  const isEqual = ({ sent }: Delivery): boolean => sent !== undefined && contentOf(one.network, sent.request) === said;
  return free.filter((copy) => contentOfCopy(copy) === said).length > nameless.filter(isEqual).length;
};

/** The acts of the people in the simulation: with files, with commands, in the configuration and on the networks. */
export const createActs = (world: SimulatedSite) => {
  const { random, scheduler, configured, site, table, truth, copies, count, owners } = world;
  const removed: (typeof configured.accounts)[number][] = [];
  const homes = new Map<string, number>();
  const documents = createDocumentActs(world);
  const { written, living } = documents;
  const someone = random.pickAny;

  const deploy = (): void => {
    configured.version += 1;
    configured.since = scheduler.now;
  };

  const again = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    world.runOnce("web again", ({ app }) => app.announce(one.slug, { again: true }));
    return true;
  };

  const removePost = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    world.runOnce("web remove", ({ app }) => app.remove(one.slug));
    return true;
  };

  const deliveries = async () => {
    const posts = (await truth.posts.newest(site.id)).rows;
    return (await Promise.all(posts.map(({ id }) => truth.deliveries.ofPost(site.id, id)))).flat();
  };

  const retry = (): boolean => {
    world.runOnce("web retry", async ({ app }) => {
      const one = someone((await deliveries()).filter(({ state }) => ["held", "failed", "pending"].includes(state)));
      return one && app.retry(deliveryId(one));
    });
    return true;
  };

  /** Nobody looks at a network while a request may still land. */
  const undecided = async (): Promise<readonly Delivery[]> =>
    (await deliveries()).filter(
      ({ state, sent, unfinished }) =>
        (state === "unknown" || unfinished !== undefined) && (sent?.lastSentAt ?? 0) < scheduler.now - 10 * minute,
    );

  /** A person looks at the network, and reports the copies of the first of these deliveries. */
  const resolve = (among: (id: string) => boolean = () => true): boolean => {
    world.runOnce("web resolve", async ({ app }) => {
      const one = (await undecided()).find((delivery) => among(deliveryId(delivery)));
      if (one === undefined) return;
      count(`act resolve ${one.state === "unknown" ? "unknown" : "unfinished"}`);
      const slugs = slugsOf((await truth.posts.read(site.id, one.post))?.addresses ?? []);
      const isThere = isOnNetwork(
        one,
        // Whoever looks knows what the other installation has posted: a copy that it has only edited is not one of those.
        copies.filter((copy) => slugs.includes(copy.slug ?? "") && owners.isOwn(copy)),
        await deliveries(),
      );
      await app.resolve(deliveryId(one), isThere ? "posted" : "retry");
    });
    return true;
  };

  const removeAccount = (): boolean => {
    const one = someone(configured.accounts);
    if (one === undefined || configured.accounts.length === 1) return false;
    configured.accounts = configured.accounts.filter((other) => other !== one);
    removed.push(one);
    deploy();
    return true;
  };

  const returnAccount = (): boolean => {
    const one = removed.pop();
    if (one === undefined) return false;
    configured.accounts = [...configured.accounts, one];
    deploy();
    return true;
  };

  /** Another server, or another account on it, under the same name. */
  const moveAccount = (): boolean => {
    const one = someone(configured.accounts);
    if (one === undefined) return false;
    const { name, network, pacing, approve } = one.account;
    const home = 1 - (homes.get(name) ?? 0);
    homes.set(name, home);
    const moved = connectAccount(name, network, { home, pacing, traits: one.traits });
    const known = world.logins.find(({ identity, account }) => identity === moved.login.identity && account === name);
    const login = known ?? moved.login;
    if (known === undefined) world.logins.push(login);
    world.secrets.set(name, login);
    const account = { ...moved.account, approve };
    configured.accounts = configured.accounts.map((other) => (other === one ? { ...moved, account, login } : other));
    deploy();
    return true;
  };

  /** A person gives the account that has the login of another one a login of its own. */
  const separateLogin = (name: string): void => {
    configured.accounts = configured.accounts.map((one) => {
      if (one.account.name !== name) return one;
      const { network, pacing } = one.account;
      const { login } = connectAccount(name, network, { pacing, traits: one.traits });
      world.logins.push(login);
      world.secrets.set(name, login);
      return { ...one, login };
    });
    deploy();
  };

  const changePacing = (): boolean => {
    const one = someone(configured.accounts);
    if (one === undefined) return false;
    const pacing = { interval: random.pick([1, 5, 30]) * minute, dailyCap: random.pick([3, 50]) };
    configured.accounts = configured.accounts.map((other) =>
      other === one ? { ...one, account: { ...one.account, pacing } } : other,
    );
    deploy();
    return true;
  };

  const revoke = (): boolean => {
    const login = someone(configured.accounts)?.login;
    if (login === undefined) return false;
    login.valid = false;
    scheduler.at(scheduler.now + random.pick([1, 30, 300]) * minute, `${login.account} has credentials again`, () => {
      login.valid = true;
    });
    return true;
  };

  /** A copy that Crier does not know yet is not deleted: nobody could tell it from a send that was lost. */
  const deleteCopy = (): boolean => {
    const posted = new Set(
      world.table.rows().flatMap(({ state, remotes = [] }) => (state === "posted" ? [JSON.stringify(remotes)] : [])),
    );
    const known = copies.filter(
      ({ id, deleted }) => !deleted && [...posted].some((remotes) => remotes.includes(`"${id}"`)),
    );
    const copy = someone(known);
    if (copy === undefined) return false;
    copy.deleted = true;
    copy.byPerson = true;
    return true;
  };

  /** Some of the posts have not been read yet, were deleted, or are scheduled. */
  const decide = (act: DeliveryAction) => (): boolean => {
    const one = someone([...written.values()]);
    if (one === undefined) return false;
    world.runOnce(`web ${act}`, ({ app }) => app.actOnPost(act, one.slug));
    return true;
  };

  const accountOfSite = (): string | undefined =>
    someone(configured.accounts.filter(({ account }) => account.site === site.id))?.account.name;

  let texts = 0;
  /** A person writes another text for one account: most often for what is not sent yet, which the page shows. */
  const editText = (): boolean => {
    const [one, account] = [someone([...written.values()]), accountOfSite()];
    if (one === undefined || account === undefined) return false;
    texts += 1;
    const number = texts;
    const ifOvertaken = random.chance(0.25) ? "mine" : "ask";
    const isUnsent = random.chance(0.8);
    world.runOnce("web text", async ({ app }) => {
      const unsent = someone((await deliveries()).filter(({ state }) => ["pending", "held", "failed"].includes(state)));
      const post = isUnsent && unsent !== undefined ? await truth.posts.read(site.id, unsent.post) : undefined;
      const to = post === undefined ? { slug: one.slug, account } : { slug: post.slug, account: unsent?.account ?? "" };
      const text = editedName(to.slug, number);
      world.decisions.edited(to.account, text);
      await app.editText(to.slug, to.account, text, { ifOvertaken });
    });
    return true;
  };

  const documentText = (): boolean => {
    const [one, account] = [someone([...written.values()]), accountOfSite()];
    if (one === undefined || account === undefined) return false;
    world.runOnce("web document text", ({ app }) => app.documentText(one.slug, account));
    return true;
  };

  /** A person decides which of the two texts goes out, where the document overtook the edited one. */
  const decideText = (): boolean => {
    const isMine = random.chance(0.5);
    world.runOnce("web decide text", async ({ app }) => {
      const one = someone((await deliveries()).filter(({ hold }) => hold === "text"));
      if (one === undefined) return;
      count(`act send ${isMine ? "the edited text" : "the document's text"}`);
      if (isMine) return void (await app.act("release", deliveryId(one)));
      await app.documentTextOf(deliveryId(one));
    });
    return true;
  };

  const withdrawCopy = (): boolean => {
    const ofSite = configured.accounts.filter(({ account }) => account.site === site.id);
    const [one, account] = [someone([...written.values()]), someone(ofSite)?.account.name];
    if (one === undefined || account === undefined) return false;
    world.runOnce("web withdraw", ({ app }) => app.withdraw(one.slug, account));
    return true;
  };

  const stop = (): boolean => {
    const account = random.chance(0.5) ? undefined : someone(configured.accounts)?.account.name;
    const names = account === undefined ? configured.accounts.map((one) => one.account.name) : [account];
    const overBefore = new Set(resumes.filter(({ isOver }) => isOver));
    world.runOnce("web stop", async ({ app }) => {
      const stopped = await app.stop(account);
      if (stopped === undefined || stopped.already) return;
      // If somebody resumes an account meanwhile, nobody can tell which of the two came last.
      const meanwhile = resumes.filter((one) => !overBefore.has(one));
      for (const name of names)
        if (!meanwhile.some((one) => one.names.has(name)))
          world.decisions.stopped(
            name,
            stopped.underWay.some((id) => id.includes(`.${name}.`)),
          );
    });
    return true;
  };

  const resumes: { readonly names: ReadonlySet<string>; isOver: boolean }[] = [];
  const resume = (account?: string): boolean => {
    const names = account === undefined ? everyAccount().map(({ name }) => name) : [account];
    const one = { names: new Set(names), isOver: false };
    resumes.push(one);
    for (const name of names) world.decisions.resumed(name);
    world.runOnce(
      "web resume",
      ({ app }) => app.resume(account),
      () => {
        one.isOver = true;
      },
    );
    return true;
  };
  const everyAccount = () => [...configured.accounts, ...removed].map((one) => one.account);

  /** The data was moved to another installation: nothing is sent from here until a person takes that back. */
  const moveAway = (): boolean => {
    if (table.get(movedKey) !== undefined) return false;
    table.put({ ...movedKey, at: scheduler.now }, undefined, "outside");
    world.decisions.stopped("*", true);
    return true;
  };

  const moveBack = (): boolean => {
    if (table.get(movedKey) === undefined) return false;
    table.remove(movedKey, undefined);
    world.decisions.resumed("*");
    return true;
  };

  let backup: ReturnType<typeof world.backUp>;

  /** A backup is made in a quiet moment, because it does not contain the result of a request without an answer. */
  const backUp = (): boolean => {
    const moving = ["sending", "unsettled", "editing", "deleting"];
    const rows = world.backUp();
    if (rows === undefined || rows.some(({ state }) => moving.includes(String(state)))) return false;
    backup = rows;
    return true;
  };

  const putBack = (): boolean => {
    if (backup === undefined || !world.putBack(backup)) return false;
    backup = undefined;
    return true;
  };

  const acts = {
    ...documents.acts,
    again,
    removePost,
    retry,
    resolve: () => resolve(),
    removeAccount,
    returnAccount,
    moveAccount,
    changePacing,
    revoke,
    deleteCopy,
    ...createDamage(world),
    hold: decide("hold"),
    release: decide("release"),
    approve: decide("approve"),
    dismiss: decide("dismiss"),
    withdrawCopy,
    editText,
    documentText,
    decideText,
    stop,
    resume: () => resume(random.chance(0.5) ? undefined : someone(configured.accounts)?.account.name),
    moveAway,
    moveBack,
    backUp,
    putBack,
  };
  type Act = keyof typeof acts;
  /** Those after which the table still knows everything that was sent. */
  const isExcluded = (name: string): boolean =>
    restoring.has(name) || (!world.hasNotes && actsWithNotes.some((other) => other === name));
  const names = Object.keys(acts).filter((name): name is Act => name in acts && !isExcluded(name));

  return {
    written,
    living,
    save: documents.save,
    acts,
    names,
    /** Performs one act that is possible now. */
    perform: (name: Act): void => {
      const isDone = acts[name]();
      if (isDone) count(`act ${name}`);
    },
    deliveries,
    undecided,
    resolve,
    separateLogin,
    /**
     * The documents of the posts that were damaged are saved again, as they are: a listing reads what has changed. Without
     * its document such a post is removed by a person, as the message says: else its delivery looks every day.
     */
    repairDamaged: (): void => {
      if (world.damaged.length > 0) for (const path of world.files.keys()) world.reportFile(path);
      if (world.damaged.every(({ kind }) => kind !== "post")) return;
      for (const { slug, path } of written.values())
        if (!world.files.has(path)) world.runOnce("web remove", ({ app }) => app.remove(slug));
    },
    /** What a person stopped, whoever asks for it, ends. */
    resumeAll: (): void => {
      moveBack();
      resume();
      for (const { name } of everyAccount()) resume(name);
    },
  };
};

export type Acts = ReturnType<typeof createActs>;

export type ActName = keyof Acts["acts"];
