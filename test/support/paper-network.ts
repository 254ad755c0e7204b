import type { Account } from "../../src/domain/account.ts";
import type { Offers, Outcome, Remote, StoredRequest } from "../../src/domain/delivery.ts";
import { fit, linksToPage, withTitle } from "../../src/domain/snippet.ts";
import { iso, minute } from "../../src/domain/time.ts";
import type { Connection, CopySearch, Network, Networks, NoLogin, Part } from "../../src/ports/networks.ts";
import type { Clock } from "../../src/ports/runtime.ts";

/**
 * The fate of the next request. `lost`: not applied, no answer. `applied`: applied, no answer. `slow`: applied and
 * answered when the test calls `land`. `cut`: applied when the test calls `land`, and the answer is lost. `taken`: as
 * without a fate. An outcome is the answer; after one that is `unanswered` the request was applied.
 */
export type Fate =
  | "lost"
  | "applied"
  | "limited"
  | "refused"
  | "unauthorised"
  | "slow"
  | "cut"
  | "taken"
  | Extract<Outcome, { readonly kind: "unanswered" | "unauthorised" | "unavailable" | "rejected" }>;

export interface PaperPost {
  id: string;
  readonly account: string;
  readonly key: string;
  text: string;
  /** The date in its request. */
  createdAt: string;
  readonly at: number;
  deleted: boolean;
}

export interface PaperOptions {
  readonly offers?: Offers;
  readonly canFind?: boolean;
  readonly edit?: boolean;
  /** An edit gives a post another address. */
  readonly moves?: boolean;
  readonly remove?: boolean;
  /** No login of it can delete a copy. */
  readonly keepsCopies?: true;
  /** No login of it can edit the text of a copy. */
  readonly keepsTexts?: true;
  /** An owner connects an account of it by a click. */
  readonly connectsByClick?: true;
  /** The price of a post in US dollars. */
  readonly price?: number;
  /** The time for which it remembers a key. */
  readonly remembersFor?: number;
  /** Its refusal of an equal text says which post has it. */
  readonly namesEqual?: boolean;
  /** It takes an address once: what has the address is the copy, whatever it says. */
  readonly byAddress?: boolean;
  /** Everybody may see its posts. */
  readonly isPublic?: boolean;
  /** Its requests have no link, and only their texts identify them. */
  readonly isLinkless?: boolean;
  /** The number of requests that make a post. Each after the first is a reply that says its number. */
  readonly parts?: number;
  /** It takes pictures. */
  readonly takesPictures?: boolean;
  /** Its requests have a card. */
  readonly hasCard?: boolean;
  /** The longest text that its server says it takes. */
  readonly longest?: { now: number };
}

/** A network in memory: it keeps its requests, offers the test's capabilities, and each request has a fate. */
export const paperNetwork = (
  clock: Clock,
  {
    offers = "key",
    canFind = offers === "key" || offers === "read",
    moves = false,
    keepsCopies,
    keepsTexts,
    edit = keepsTexts === undefined,
    connectsByClick,
    remove = keepsCopies === undefined,
    remembersFor,
    namesEqual = false,
    byAddress = false,
    isPublic = true,
    parts = 1,
    price,
    longest: said,
    takesPictures = false,
    isLinkless = false,
    hasCard = false,
  }: PaperOptions = {},
) => {
  const hasOwnIds = offers === "key" && remembersFor === undefined;
  const posts: PaperPost[] = [];
  const fates: Fate[] = [];
  const template = { now: "" };
  const requests: string[] = [];

  /** A request that is sent but not applied yet. */
  let flight = Promise.withResolvers<void>();
  let landing = Promise.withResolvers<void>();
  const blind: { now: boolean | "unreadable" } = { now: false };
  const silent = { now: false };
  const hanging = { now: false, open: 0, close: (): void => {} };
  const looks = { count: 0 };

  const receive = async (request: string, apply: () => Outcome): Promise<Outcome> => {
    requests.push(request);
    if (hanging.now) {
      hanging.open += 1;
      await new Promise<void>((resolve) => {
        const { close } = hanging;
        hanging.close = () => {
          close();
          resolve();
        };
      });
      hanging.open -= 1;
      return { kind: "unanswered", reason: "no answer in time" };
    }
    if (silent.now) return { kind: "unanswered", reason: "503" };
    const fate = fates.shift();
    if (fate === "lost") return { kind: "unanswered", reason: "the connection broke" };
    if (fate === "limited") return { kind: "unavailable", reason: "429", retryAt: clock() + 2 * minute };
    if (fate === "refused") return { kind: "rejected", reason: "400" };
    if (fate === "unauthorised") return { kind: "unauthorised", reason: "401" };
    if (fate === "slow" || fate === "cut") {
      flight.resolve();
      await landing.promise;
    }
    if (typeof fate === "object" && fate.kind !== "unanswered") return fate;
    const outcome = apply();
    if (typeof fate === "object") return fate;
    if (fate === "cut") return new Promise(() => {});
    return fate === "applied" ? { kind: "unanswered", reason: "the connection broke" } : outcome;
  };

  const addPost = (fields: Pick<PaperPost, "account" | "key" | "text" | "createdAt">): PaperPost => {
    const post = { id: `p${posts.length + 1}`, at: clock(), deleted: false, ...fields };
    posts.push(post);
    return post;
  };
  const remoteOf = (post: PaperPost): Remote => ({
    id: post.id,
    url: `https://paper.example/${post.id}`,
    public: isPublic,
  });
  const textOf = (request: StoredRequest) => String(request.text);

  const partOf = (progress?: StoredRequest): number => Number(progress?.part ?? 0);
  const partText = (request: StoredRequest, part: number): string =>
    part === 0 ? textOf(request) : `reply ${part} to ${textOf(request)}`;
  const partKey = (key: string, part: number): string => (part === 0 ? key : `${key}/${part}`);
  const after = (part: number) => (part + 1 < parts ? { progress: { part: part + 1 } } : {});
  const doneWith = (post: PaperPost, part: number): Outcome => {
    const { progress } = after(part);
    const remote = remoteOf(post);
    return progress === undefined ? { kind: "posted", remote } : { kind: "progressed", remote, progress };
  };

  /**
   * The person behind the login of `one`: an account of the same name may be another one later. Other accounts have logins
   * of their own, unless all share this one.
   */
  const identity = { now: "ada", isShared: false, isKnown: true };
  /** When the login ends, and why it was not renewed. */
  const end: { at?: number; problem?: string } = {};
  /** Set: no login works. */
  const login: { now: NoLogin | undefined } = { now: undefined };
  const identityOf = (account: string): string | undefined => {
    if (!identity.isKnown) return undefined;
    return identity.isShared || account === "one" ? identity.now : `${identity.now}'s ${account}`;
  };
  const isMine = (account: string, post: PaperPost): boolean => identity.isShared || post.account === account;
  const connection = (account: string): Connection => ({
    whoAmI: async () => {
      if (silent.now) requests.push("whoAmI");
      if (login.now !== undefined) return login.now;
      return silent.now
        ? { kind: "unavailable", reason: "503" }
        : {
            kind: "identity",
            id: identityOf(account),
            longest: said?.now,
            endsAt: end.at,
            problem: end.problem,
          };
    },
    send: async (request, givenKey, _signal, progress) => {
      const part = partOf(progress);
      const [text, key] = [partText(request, part), partKey(givenKey, part)];
      return receive(`send ${text}`, () => {
        const mine = posts.filter((post) => isMine(account, post));
        const same = mine.find((post) => post.key === key);
        const isRemembered = same !== undefined && (remembersFor === undefined || clock() < same.at + remembersFor);
        if (offers === "key" && isRemembered) return doneWith(same, part);
        const isEqual = (post: PaperPost) => (byAddress ? post.text.includes(String(request.url)) : post.text === text);
        const equal = mine.find((post) => isEqual(post) && !post.deleted);
        if (offers === "refuse" && equal !== undefined) {
          const remote = namesEqual ? remoteOf(equal) : { id: null, url: null, public: true };
          return { kind: "duplicate", remote, reason: "duplicate content", ...after(part) };
        }
        return doneWith(addPost({ account, key, text, createdAt: String(request.createdAt) }), part);
      });
    },
    ...(edit && {
      edit: async (remote: Remote, request: StoredRequest, _signal: AbortSignal, part?: Part) =>
        receive(`edit ${partText(request, part?.index ?? 0)}`, () => {
          const post = posts.find(({ id, deleted }) => id === remote.id && !deleted);
          if (post === undefined) return { kind: "missing", reason: "404" };
          post.text = partText(request, part?.index ?? 0);
          post.createdAt = String(request.createdAt);
          if (moves) post.id = `${post.id}-moved`;
          return moves ? { kind: "done", remote: remoteOf(post) } : { kind: "done" };
        }),
    }),
    ...(remove && {
      remove: async (remote: Remote) =>
        receive(`remove ${remote.id}`, () => {
          const post = posts.find(({ id }) => id === remote.id);
          if (post !== undefined) post.deleted = true;
          return { kind: "done" };
        }),
    }),
    ...(canFind && {
      find: async ({ request, key: givenKey, url, since, progress }: CopySearch) => {
        looks.count += 1;
        if (blind.now === "unreadable") return "unreadable";
        if (blind.now || silent.now) return undefined;
        const part = partOf(progress);
        const [text, key] = [partText(request, part), partKey(givenKey, part)];
        // As Mastodon: a text without the link of its page is found by itself.
        const sought = isLinkless || !linksToPage(request, url) ? text : url;
        return posts
          .filter((post) => isMine(account, post) && !post.deleted)
          .filter((post) => Number(/^reply (\d+) to /.exec(post.text)?.[1] ?? 0) === part)
          .filter((post) => (hasOwnIds ? post.key === key : post.at >= since && post.text.includes(sought)))
          .map((post) => ({
            remote: remoteOf(post),
            madeAt: post.at,
            ...after(part),
            ...(hasOwnIds && part === 0 && { request: { text: post.text, url, createdAt: post.createdAt } }),
            ...(byAddress && { request: { ...request, text: post.text } }),
            isSame: hasOwnIds || byAddress || post.text === text,
          }));
      },
    }),
  });

  const network: Network = {
    secretFields: ["user", "password"],
    name: "paper",
    offers,
    ...(canFind && { searchesFirst: true }),
    contentWarning: "field",
    settle: 2 * minute,
    ...(keepsCopies && { keepsCopies }),
    ...(keepsTexts && { keepsTexts }),
    ...(connectsByClick && { connectsByClick }),
    ...(remembersFor === undefined ? {} : { remembersFor }),
    ...(said && { reportsLongest: true }),
    ...(takesPictures && { picture: () => ({ maxBytes: 1_000_000, maxSide: 2000 }) }),
    compose: (snippet, _, longest = 500) => {
      const fitted = fit(
        { ...snippet, ...withTitle(snippet), ...(isLinkless && { url: "" }) },
        { limit: longest, maxTags: 0, measure: (text) => text.length },
      );
      // A network that refuses equal texts gets only the text, as X does.
      const date = offers === "refuse" ? {} : { createdAt: iso(snippet.createdAt) };
      const address = isLinkless ? {} : { url: snippet.url };
      const cost = price === undefined ? {} : { cost: price };
      const card = hasCard ? { card: { title: snippet.title, description: "A summary" } } : {};
      return { ...fitted, ...cost, ...card, request: { text: fitted.text + template.now, ...address, ...date } };
    },
    server: () => "paper.example",
    key: (seed, copy) => `${seed}-${copy}`,
  };
  const credentials = { now: "first" };
  const reach: { now: "real" | "sandbox" | "none" } = { now: "real" };
  const connections = new Map<string, Connection>();
  const networks: Networks = {
    get: () => network,
    destination: async () => reach.now,
    fingerprint: async () => credentials.now,
    connect: async ({ name }: Account) => {
      if (reach.now === "none")
        return { problem: `${name} is not connected: set its credentials`, fingerprint: undefined };
      const known = connections.get(name) ?? connection(name);
      connections.set(name, known);
      return { connection: known, fingerprint: credentials.now };
    },
  };
  return {
    networks,
    posts,
    /** The fates of the next requests, in their order. Later requests are answered. */
    fates,
    requests,
    reach,
    /** True while the timeline does not answer; `unreadable` where the login may not read it. */
    blind,
    /** True while it answers nothing. */
    silent,
    /** While `now` is true, a request is open until the test calls `close`, and gets no answer then. */
    hanging,
    looks,
    /** The suffix that another template or release adds to each text. */
    template,
    /** The fingerprint of the credentials shows these values. */
    credentials,
    identity,
    end,
    login,
    /** A `slow` or `cut` request has been sent. */
    inFlight: () => flight.promise,
    /** It is applied now. */
    land: () => {
      landing.resolve();
      landing = Promise.withResolvers();
      flight = Promise.withResolvers();
    },
    /** A person posts this, without Crier. */
    write: (account: string, text: string) => addPost({ account, key: "", text, createdAt: iso(clock()) }),
    /** The texts of the posts that are not deleted. */
    visible: () => posts.filter(({ deleted }) => !deleted).map(({ text }) => text),
  };
};
