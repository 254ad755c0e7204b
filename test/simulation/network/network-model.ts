import { canonicalJson } from "../../../src/domain/json-value.ts";
import type { Instant } from "../../../src/domain/time.ts";

/** Crier's account for which a request is sent, and the installation that sends it. */
export interface Sender {
  readonly installation: number;
  readonly account: string;
}

/** A request as it arrives. */
export interface ModelRequest {
  readonly sender: Sender;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  /** The moment at which the client sent it. It counts for the caps of the account. */
  readonly sentAt: Instant;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** A text instead of `body`: some networks answer in plain text. */
  readonly text?: string;
}

/** A login that a network knows. */
export interface Login {
  /** The name of Crier's account that was given it. */
  readonly account: string;
  /** The account behind it. */
  readonly identity: string;
  readonly secret: Readonly<Record<string, string>>;
  /** False once it was revoked. */
  valid: boolean;
}

/** A post on a network, as it really is, independent of Crier's rows. */
export interface Copy {
  /** An edit may give it another one, and `former` has those before. */
  id: string;
  readonly former?: string[];
  readonly network: string;
  /** The installation and its account that made it: another one may have the same login. */
  readonly installation: number;
  readonly account: string;
  readonly identity: string;
  /** The slug in its link. */
  readonly slug: string | undefined;
  /** The number of posts of its thread before it: 0 for a post that is not a reply. */
  readonly part: number;
  /** The post that it is a reply to. */
  readonly parent?: string | null;
  /** False for a reply that names another root than the post that it is a reply to. */
  readonly hasRoot?: boolean;
  /** The content as the network keeps it. */
  content: string;
  /** Everything that it has said. */
  readonly contents: ReadonlySet<string>;
  readonly sentAt: Instant;
  readonly arrivedAt: Instant;
  deleted: boolean;
  /** A person made it, or deleted it, without Crier. */
  byPerson: boolean;
  /** An edit was answered that it is not there any more. */
  missed?: true;
  /** The ids of the uploaded pictures that it has, divided by spaces; null where an edit has taken them away. */
  picture?: string | null;
}

/** True if the copy has this id, or had it before an edit moved it. */
export const hasOrHadId = ({ id, former = [] }: Pick<Copy, "id" | "former">, name: string | null): boolean =>
  name !== null && [id, ...former].includes(name);

/** The models keep the true state here. */
export interface Ledger {
  readonly logins: Login[];
  readonly copies: Copy[];
  /** Checked at each new copy. */
  readonly onCopy: (copy: Copy) => void;
  readonly nextId: () => string;
}

/** Decides how one kind of network treats a request, by its own rules and at one moment. */
export interface NetworkModel {
  readonly network: string;
  /**
   * True if every 2xx answer means that the request was accepted, whatever its body. Then no faulty answer has a 2xx
   * status.
   */
  readonly takesBy2xx?: true;
  handle(request: ModelRequest, now: Instant): Reply;
  /** Returns the network's answer to too many requests. */
  tooMany(now: Instant, wait: number): Reply;
}

/** The posts of a login on a network, the deleted ones, too. */
export const copiesOf = ({ copies }: Ledger, network: string, { identity }: Login): readonly Copy[] =>
  copies.filter((copy) => copy.network === network && copy.identity === identity);

type Made = Pick<Copy, "id" | "network" | "content"> &
  Partial<Pick<Copy, "part" | "parent" | "hasRoot" | "picture" | "former">>;

/** A new post of a login, made by a request that arrives now. */
export const addCopy = (
  ledger: Ledger,
  { identity }: Login,
  made: Made,
  { sender, sentAt }: ModelRequest,
  arrivedAt: Instant,
): Copy => {
  const contents = new Set<string>();
  let { content } = made;
  const copy: Copy = {
    part: 0,
    ...made,
    ...sender,
    identity,
    slug: slugIn(made.content),
    sentAt,
    arrivedAt,
    deleted: false,
    byPerson: false,
    contents,
    get content() {
      return content;
    },
    set content(now) {
      content = now;
      contents.add(comparable(made.network, now));
    },
  };
  copy.content = content;
  ledger.copies.push(copy);
  ledger.onCopy(copy);
  return copy;
};

/**
 * The content of a copy as it is compared with its request. A reply's record on Bluesky names its post by the bytes that
 * this had then.
 */
export const comparable = (network: string, content: string): string => {
  if (network !== "bluesky") return content;
  const { reply: _, ...record } = parseFields(content);
  return canonicalJson(withoutPicture(record));
};

const areImages = (embed: unknown): boolean =>
  typeof embed === "object" && embed !== null && "$type" in embed && embed.$type === "app.bsky.embed.images";

/** A picture is never the reason why a post does not go out: what went without it says the same. */
export const withoutPicture = (request: unknown): Readonly<Record<string, unknown>> =>
  parseFields(
    JSON.stringify(request, (key, value: unknown) =>
      key === "pictures" || key === "thumb" || (key === "embed" && areImages(value)) ? undefined : value,
    ),
  );

/** An edit finds nothing where a copy was. */
export const noteMissing = (copies: readonly Copy[], id: string): void => {
  for (const copy of copies) if (copy.id === id && copy.deleted) copy.missed = true;
};

/** The post that a text or a card links to, or that it names where the link is in a reply. */
export const slugIn = (content: string): string | undefined =>
  (/\/(p\d+(?:-\d+)?)\//.exec(content) ?? /\b(?:of|about) (p\d+(?:-\d+)?)\b/.exec(content))?.[1];

/** The place in its thread of a reply to `parent`; undefined if there is no such post. */
export const partAfter = (copies: readonly Copy[], parent: unknown): number | undefined => {
  if (parent === undefined || parent === null) return 0;
  const copy = copies.find(({ id, deleted }) => id === parent && !deleted);
  return copy && copy.part + 1;
};

export const parseFields = (body: string): Readonly<Record<string, unknown>> => {
  const parsed: unknown = body === "" ? {} : JSON.parse(body);
  return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
};
