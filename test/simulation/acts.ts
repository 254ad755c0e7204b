import { type Delivery, deliveryId } from "../../src/domain/delivery.ts";
import type { DeliveryAction } from "../../src/domain/delivery-commands.ts";
import { hour, iso, minute } from "../../src/domain/time.ts";
import { parseRef } from "../../src/store/keys.ts";
import type { Change, Row } from "../../src/store/table.ts";
import { connectAccount } from "./accounts.ts";
import { contentOf, contentOfCopy } from "./network/models.ts";
import type { Copy } from "./network/network-model.ts";
import type { SimulatedWorld } from "./world.ts";

/** Networks forget posts that a table did not know, except those that can be read: this is a separate case. */
const restoring: ReadonlySet<string> = new Set(["backUp", "putBack", "retitle"]);

/** A post as a person wrote it, and the location of its file. */
export interface Written {
  readonly slug: string;
  readonly path: string;
  readonly title: string;
  readonly published: number;
  readonly draft: boolean;
  /** The number of sentences in its own social text, or 0 if it has none. */
  readonly sentences: number;
  readonly hasImage: boolean;
}

/** Each names its post, so that each part of a thread does. */
const textOf = ({ slug, title, sentences }: Written): string =>
  [
    `${title}.`,
    ...Array.from({ length: sentences }, (_, at) => `Sentence ${at + 1} about ${slug} goes on for some more words.`),
  ].join(" ");

const documentOf = (written: Written): string => {
  const { slug, title, published, draft, sentences, hasImage } = written;
  const fields = {
    title,
    slug,
    date: iso(published),
    ...(draft && { draft }),
    ...(sentences > 0 && { socialShare: textOf(written) }),
    ...(hasImage && { image: `https://blog.example.com/${slug}.png` }),
  };
  return `---\n${JSON.stringify(fields)}\n---\nSome words about ${slug}.\n`;
};

/** The parts that are known to be public. An upload is a request of its own, and no part. */
const knownParts = ({ remotes = [], unfinished }: Delivery): number =>
  remotes.length - (unfinished?.isOpen === true ? 1 : 0);

/** A person who looks for a delivery on its network sees whether the missing part is there. */
const isOnNetwork = (one: Delivery, ofPost: readonly Copy[], all: readonly Delivery[]): boolean => {
  const part = knownParts(one);
  const there = ofPost.filter(
    (copy) => copy.account === one.account && copy.part === part && !copy.deleted && !copy.byPerson,
  );
  // The receiver of a webhook has the ids of its messages.
  if (one.network === "webhook") return there.some(({ id }) => id === `${one.seed}-${one.copy}`);
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

const isIn =
  (partition: string, sort = "") =>
  ({ pk, sk }: Row): boolean =>
    String(pk).startsWith(`${partition}#`) && String(sk).startsWith(sort);

/** What one row of a kind loses. Each is healed by the work that goes on, or by a person who looks at the network. */
const rowDamages: readonly (readonly [(row: Row) => boolean, Change])[] = [
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "posted", { set: { attempts: "many" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "posted", { set: { version: [1], history: 1 } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "pending", { set: { passed: "no" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "sending", { set: { attempts: "many" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "unknown", { set: { attempts: "x", version: "y" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "posted", { set: { sent: 5 } }],
  [isIn("STOP"), { set: { accounts: 7 } }],
  [isIn("POST", "PAGE"), { set: { failures: "x" } }],
  [isIn("SOURCE"), { set: { refusal: "no", warnings: 1 } }],
  [isIn("SITE", "SOURCE"), { set: { version: "x" } }],
  [isIn("SITE", "FEED"), { set: { title: 1 } }],
  [isIn("ALIAS"), { set: { value: 1 } }],
  [isIn("SHARED"), { set: { post: 1 } }],
  [isIn("FEED", "FEED"), { set: { faults: 1, title: [] } }],
  [isIn("FEED", "FEED"), { set: { revision: "x" } }],
  [isIn("FEED", "ENTRY"), { set: { version: "x", published: null } }],
  [isIn("FEED", "PING"), { set: { topics: 1 } }],
  [isIn("FEED", "ARCHIVED"), { set: { page: "x" } }],
  [isIn("FEED", "ARCHIVE#"), { set: { ids: "x" } }],
  [isIn("FEED", "ARCHIVE#"), { set: { version: "x" }, remove: ["ids"] }],
  [isIn("FEED", "UNNUMBERED"), { set: { marks: 1 } }],
  [isIn("NOTICE"), { set: { items: 1 } }],
  [isIn("ACCOUNT"), { set: { sent: "many" } }],
  [isIn("ACCOUNT"), { set: { version: "x" } }],
  [isIn("SERVER"), { set: { version: null } }],
  [isIn("WINDOW"), { set: { counted: 1 } }],
  [isIn("ROUND"), { set: { began: "x", place: "y" } }],
  [isIn("LISTING"), { set: { hash: 1, marks: 2 } }],
];

/** The acts of the people in the simulation: with files, with commands, in the configuration and on the networks. */
export const createActs = (world: SimulatedWorld) => {
  const { random, scheduler, files, reportFile, configured, truth, copies, count } = world;
  const written = new Map<string, Written>();
  const removed: (typeof configured.accounts)[number][] = [];
  const homes = new Map<string, number>();
  const hasThreads = configured.accounts.some(({ traits }) => traits.thread === true);
  let edits = 0;

  const save = (one: Written): void => {
    written.set(one.slug, one);
    files.set(one.path, documentOf(one));
    reportFile(one.path);
  };
  const living = (): readonly Written[] => [...written.values()].filter(({ path }) => files.has(path));
  const gone = (): readonly Written[] => [...written.values()].filter(({ path }) => !files.has(path));
  const someone = <T>(from: readonly T[]): T | undefined => (from.length === 0 ? undefined : random.pick(from));
  const deploy = (): void => {
    configured.version += 1;
    configured.since = scheduler.now;
  };

  const write = (): boolean => {
    const slug = `p${written.size + 1}`;
    const published = scheduler.now + (random.chance(0.15) ? hour : -hour);
    const draft = random.chance(0.05);
    const sentences = hasThreads && random.chance(0.5) ? random.between(4, 9) : 0;
    const hasImage = random.chance(0.4);
    save({ slug, path: `${slug}.md`, title: `Title of ${slug}`, published, draft, sentences, hasImage });
    return true;
  };

  const edit = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    // Some edits are taken back: the copy may say by then what a lost request made of it.
    const title = random.chance(0.25) ? `Title of ${one.slug}` : `Title ${edits} of ${one.slug}`;
    // A thread may have another number of parts then.
    const sentences = one.sentences > 0 && random.chance(0.2) ? random.between(4, 9) : one.sentences;
    save({ ...one, title, sentences, draft: one.draft && random.chance(0.3) });
    return true;
  };

  /** The new title was never used before: a copy that an earlier table does not know differs from it. */
  const retitle = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    save({ ...one, title: `Title ${edits} of ${one.slug}` });
    return true;
  };

  /** The document is the same post, under another address. */
  const changeSlug = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    written.delete(one.slug);
    const slug = `${one.slug.split("-", 1)[0]}-${edits}`;
    save({ ...one, slug, title: `Title of ${slug}` });
    return true;
  };

  const redate = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    save({ ...one, published: one.published + random.pick([-hour, hour / 2]) });
    return true;
  };

  const erase = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    files.delete(one.path);
    reportFile(one.path);
    return true;
  };

  const restore = (): boolean => {
    const one = someone(gone());
    if (one === undefined) return false;
    save(one);
    return true;
  };

  const rename = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    files.delete(one.path);
    edits += 1;
    save({ ...one, path: `${one.slug}-${edits}.md` });
    reportFile(one.path);
    return true;
  };

  /** An editor's atomic save: the file is gone for a moment. */
  const rewrite = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    files.delete(one.path);
    reportFile(one.path);
    scheduler.at(scheduler.now + random.pick([100, 3_000, 8_000]), `${one.path} is back`, () => {
      const current = written.get(one.slug);
      if (current?.path === one.path && !files.has(one.path)) save(current);
    });
    return true;
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
    const posts = (await truth.posts.newest("blog")).rows;
    return (await Promise.all(posts.map(({ id }) => truth.deliveries.ofPost("blog", id)))).flat();
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
      const slugs: readonly (string | undefined)[] = (await truth.posts.read("blog", one.post))?.addresses ?? [];
      const isThere = isOnNetwork(
        one,
        copies.filter(({ slug }) => slugs.includes(slug)),
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
      world.table.rows().flatMap(({ state, remotes }) => (state === "posted" ? [JSON.stringify(remotes)] : [])),
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

  /** A fault of the disk. Each of these is repaired by the next reading of the document. */
  const damage = (): boolean => {
    const row = someone(world.table.rows().filter(({ sk, gone: isGone }) => sk === "POST" && isGone === undefined));
    if (row === undefined) return false;
    const change = random.pick<Change>([
      { set: { body: new Uint8Array([0x8b, 0xff, 0x00, 0x13, 0x37]) } },
      { remove: ["body"] },
      { set: { title: 7 } },
      { set: { social: "", summary: null } },
    ]);
    const key = { pk: String(row.pk), sk: String(row.sk) };
    return world.table.update(key, change, { kind: "present" }, "outside") !== undefined;
  };

  /**
   * Another kind of row, of which one attribute cannot be read any more. A delivery is one that was not sent, or whose copy
   * is known: a person cannot tell what an unreadable one in between has done.
   */
  const damageRow = (): boolean => {
    const rows = world.table.rows();
    const [kind, change] = someone(rowDamages.filter(([one]) => rows.some(one))) ?? [];
    const row = kind && someone(rows.filter(kind));
    if (row === undefined || change === undefined) return false;
    const key = { pk: String(row.pk), sk: String(row.sk) };
    const isDone = world.table.update(key, change, { kind: "present" }, "outside") !== undefined;
    const ref = parseRef(key);
    if (isDone && ref?.kind === "delivery" && change.set?.sent !== undefined) world.lostSends.add(deliveryId(ref));
    if (isDone) count(`damage ${key.pk.split("#", 1)[0]} ${key.sk.split("#", 1)[0]}`);
    return isDone;
  };

  /** A file of a feed: the next audit writes it anew. A receipt is written with the next change of its post. */
  const damageObject = (): boolean => {
    const key = someone([...world.objects.objects.keys()].filter((one) => !one.includes("syndication/")));
    if (key === undefined) return false;
    world.objects.damage(key, random.chance(0.5));
    return true;
  };

  /**
   * Some of the posts have not been read yet, were deleted, or are scheduled. Where it cannot be read any more what was
   * sent, a person has looked at the network before, and releases nothing that is there.
   */
  const decide = (act: DeliveryAction) => (): boolean => {
    const one = someone([...written.values()]);
    if (one === undefined) return false;
    world.runOnce(`web ${act}`, ({ app }) =>
      app.actOnPost(act === "release" && world.lostSends.size > 0 ? "dismiss" : act, one.slug),
    );
    return true;
  };

  const withdrawCopy = (): boolean => {
    const [one, account] = [someone([...written.values()]), someone(configured.accounts)?.account.name];
    if (one === undefined || account === undefined) return false;
    world.runOnce("web withdraw", ({ app }) => app.withdraw(one.slug, account));
    return true;
  };

  const stop = (): boolean => {
    const account = random.chance(0.5) ? undefined : someone(configured.accounts)?.account.name;
    const names = account === undefined ? configured.accounts.map((one) => one.account.name) : [account];
    const resumedBefore = resumes;
    world.runOnce("web stop", async ({ app }) => {
      const stopped = await app.stop(account);
      // Where somebody has resumed meanwhile, nobody can tell which of the two came last.
      if (stopped === undefined || stopped.already || resumes > resumedBefore) return;
      for (const name of names)
        world.decisions.stopped(
          name,
          stopped.underWay.some((id) => id.includes(`.${name}.`)),
        );
    });
    return true;
  };

  let resumes = 0;
  const resume = (account?: string): boolean => {
    resumes += 1;
    for (const { name } of account === undefined ? everyAccount() : [{ name: account }]) world.decisions.resumed(name);
    world.runOnce("web resume", ({ app }) => app.resume(account));
    return true;
  };
  const everyAccount = () => [...configured.accounts, ...removed].map((one) => one.account);

  let backup: ReturnType<typeof world.table.backUp> | undefined;

  /** A backup is made in a quiet moment, because it does not contain the result of a request without an answer. */
  const backUp = (): boolean => {
    const moving = ["sending", "unsettled", "editing", "deleting"];
    const rows = world.table.backUp();
    if (rows.some(({ state }) => moving.includes(String(state)))) return false;
    backup = rows;
    return true;
  };

  const putBack = (): boolean => {
    if (backup === undefined || !world.putBack(backup)) return false;
    backup = undefined;
    return true;
  };

  const acts = {
    write,
    edit,
    retitle,
    changeSlug,
    redate,
    erase,
    restore,
    rename,
    rewrite,
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
    damage,
    damageRow,
    damageObject,
    hold: decide("hold"),
    release: decide("release"),
    approve: decide("approve"),
    dismiss: decide("dismiss"),
    withdrawCopy,
    stop,
    resume: () => resume(random.chance(0.5) ? undefined : someone(configured.accounts)?.account.name),
    backUp,
    putBack,
  };
  type Act = keyof typeof acts;
  /** Those after which the table still knows everything that was sent. */
  const names = Object.keys(acts).filter((name): name is Act => name in acts && !restoring.has(name));

  return {
    written,
    living,
    save,
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
    /** What a person stopped, whoever asks for it, ends. */
    resumeAll: (): void => {
      resume();
      for (const { name } of everyAccount()) resume(name);
    },
  };
};

export type Acts = ReturnType<typeof createActs>;

export type ActName = keyof Acts["acts"];
