import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { Option } from "commander";
import { type Client, CommandError } from "../api/api-client.ts";
import type { Answer } from "../api/operations.ts";
import type { DeliveryJson } from "../contract/deliveries.ts";
import { isLater } from "../domain/delivery.ts";
import { commandLine, type DeliveryAction, type NextStep, nextSteps } from "../domain/delivery-commands.ts";
import { saysUntilWhen } from "../domain/send-rules.ts";
import {
  type CommandResult,
  columns,
  type Flags,
  hasStatus,
  joined,
  minuteAndZone,
  openInBrowser,
  type Verb,
  wouldSendLines,
} from "./command.ts";
import { readDocument } from "./document-files.ts";

type ChangedJson = DeliveryJson & { readonly already: boolean };

const actResult = (
  act: DeliveryAction,
  deliveries: readonly ChangedJson[],
  problems: readonly string[],
  timeZone: string,
): CommandResult => ({
  answer: { deliveries, problems, timeZone },
  lines: deliveries.length === 0 && problems.length > 0 ? [] : actLines(act, deliveries, timeZone),
  notes: problems,
  failed: deliveries.length === 0 && problems.length > 0,
});

const actOnAll = async (client: Client, act: DeliveryAction): Promise<CommandResult> => {
  const changed: ChangedJson[] = [];
  let page: Answer<"releaseMany"> | undefined;
  do {
    page = await client.request(`${act}Many`, { query: { all: true, from: page?.next ?? undefined } });
    changed.push(...page.deliveries);
  } while (page.next !== null);
  return actResult(act, changed, [], page.timeZone);
};

const actOnId = async (client: Client, act: DeliveryAction, id: string): Promise<CommandResult> => {
  try {
    const { timeZone, ...delivery } = await client.request(act, { name: id });
    return actResult(act, [delivery], [], timeZone);
  } catch (error) {
    if (!hasStatus(error, [404])) throw error;
    const options = error.problem === undefined ? { cause: error } : { problem: error.problem, cause: error };
    throw new CommandError(`there is no post ${id}. ${error.message}`, options);
  }
};

/** `name` is the name of a post, or else the id of a delivery. */
const actOnNamed = async (client: Client, act: DeliveryAction, name: string): Promise<CommandResult> => {
  try {
    const { deliveries, problems, timeZone } = await client.request(`${act}Many`, { query: { post: name } });
    if (deliveries.length + problems.length > 0) return actResult(act, deliveries, problems, timeZone);
    throw new CommandError(`no account announces ${name}: ${client.command(`status ${name}`)} says why`);
  } catch (error) {
    if (!hasStatus(error, [404])) throw error;
    return actOnId(client, act, name);
  }
};

const runAct =
  (act: DeliveryAction): Verb["run"] =>
  (client, name, { all }) => {
    return all === true ? actOnAll(client, act) : actOnNamed(client, act, name);
  };

const usage =
  (act: DeliveryAction): NonNullable<Verb["usage"]> =>
  async (name, { all, site }) =>
    (all === true) === (name === "")
      ? undefined
      : `${act} takes a post, a delivery, or --all: ${["SLUG", "ID", "--all"].map((what) => commandLine(`${act} ${what}`, site)).join(", ")}`;

const actVerb = (act: DeliveryAction, description: string, all: string): Verb => ({
  spec: `${act} [name]`,
  description,
  takesActor: true,
  options: [new Option("--all", all)],
  example: `${act} SLUG`,
  fails: "where there is no such post or delivery, or its state does not allow it",
  calls: [act, `${act}Many`],
  usage: usage(act),
  run: runAct(act),
});

const quoted = (text: string): readonly string[] => text.split("\n").map((line) => `  | ${line}`);

const measuredLines = ({
  length,
  limit,
  over,
  posts,
  above,
  below,
  card,
}: Answer<"measureText">): readonly string[] => [
  joined(", ", [
    `${length.toLocaleString("en")} of ${limit.toLocaleString("en")} characters`,
    posts > 1 && `in ${posts} posts`,
    over > 0 && `${over.toLocaleString("en")} too many`,
  ]),
  ...[above, below, card ? "a preview of the link" : ""].flatMap((added) =>
    added === "" ? [] : [`Crier adds: ${added.replaceAll(/\n+/g, " ")}`],
  ),
];

/** The text for one account as it is now, and what Crier adds. */
const textLines = (text: Answer<"text">): readonly string[] => {
  const { slug, account, value, document, problem, delivery } = text;
  const edited = delivery?.text ?? null;
  return [
    `${joined(", ", [`The text of ${slug} on ${account}`, edited && editedBy(edited, text.timeZone)])}:`,
    ...quoted(value),
    ...measuredLines(text),
    ...(edited === null ? [] : ["The document gives it:", ...quoted(document)]),
    ...(problem === null ? [] : [`It cannot be edited: ${problem}`]),
  ];
};

const editedBy = (
  { by, at, overtaken }: Pick<NonNullable<DeliveryJson["text"]>, "by" | "at" | "overtaken">,
  timeZone: string,
): string =>
  joined(" ", [
    "edited here",
    by !== null && `by ${by}`,
    minuteAndZone(at, timeZone),
    overtaken && "(its document says something else since)",
  ]);

const textUsage: NonNullable<Verb["usage"]> = async (_, { set, file, document, keepMine, check }) => {
  const changes = [set !== undefined, file !== undefined, document === true].filter(Boolean).length;
  if (changes > 1) return "text takes one of --set, --file and --document";
  return (keepMine === true || check === true) && set === undefined && file === undefined
    ? "--keep-mine and --check go with a new text: --set or --file"
    : undefined;
};

const runText: Verb["run"] = async (client, name, { account, set, file, document, keepMine, check, folder }) => {
  const target = account === undefined ? { delivery: name } : { post: name, account };
  const text = file === undefined ? set : new TextDecoder().decode(await readDocument(resolve(folder, file)));
  if (document !== true && text === undefined) {
    const answer = await client.request("text", { query: target });
    return { answer, lines: textLines(answer) };
  }
  if (check === true) {
    const answer = await client.request("measureText", { query: { ...target, text: text ?? "" } });
    return { answer, lines: measuredLines(answer), failed: answer.over > 0 };
  }
  const changed =
    text === undefined
      ? await client.request("documentText", { query: target })
      : await client.request("editText", {
          query: { ...target, text, ifOvertaken: keepMine === true ? "mine" : "ask" },
        });
  const { timeZone, ...delivery } = changed;
  return actResult("release", [delivery], [], timeZone);
};

const textVerb = (): Verb => ({
  spec: "text <post>",
  description: "show the text of a post for one account, or give that account a text of its own until it is sent",
  options: [
    new Option("--account <name>", "the account; without it, the id of a delivery is meant"),
    new Option("--set <text>", "the new text: Crier adds the link and the hashtags"),
    new Option("--file <path>", "a file that has the new text"),
    new Option("--document", "give the account the text of the document again; a copy of an edited text is edited"),
    new Option("--check", "count the new text as the network does, and save nothing"),
    new Option("--keep-mine", "send the new text even where the document says something else by then"),
  ],
  takesActor: true,
  example: 'text my-post --account mastodon --set "In other words"',
  fails: "where there is no such post or account, the text is too long or empty, or it is out already",
  calls: ["text", "measureText", "editText", "documentText"],
  usage: textUsage,
  run: runText,
});

/** Commands that take the name of a post or the id of a delivery. */
export const actVerbs: readonly Verb[] = [
  actVerb("release", "send what is held: the deliveries of a post, or one by its id", "everything that is held"),
  actVerb(
    "hold",
    "keep what waits from being sent: the deliveries of a post, or one by its id",
    "everything that waits",
  ),
  actVerb(
    "approve",
    "approve what waits for it: the deliveries of a post, or one by its id",
    "everything that waits for an approval",
  ),
  actVerb(
    "dismiss",
    "cancel what is not sent yet for good: the deliveries of a post, or one by its id",
    "everything that is held",
  ),
  textVerb(),
];

const sendingLines = ({ stopped, underWay, already, timeZone }: Answer<"stopSending">): readonly string[] => [
  ...(stopped.length === 0 ? [already ? "Nothing was stopped: every account sends." : "Every account sends."] : []),
  ...stopped.map(({ account, since, why, by }) =>
    joined(" ", [
      account === null ? "Nothing is sent on any account" : `Nothing is sent on ${account}`,
      `since ${minuteAndZone(since, timeZone)}${by === null ? "" : `, stopped by ${by}`}: ${why}`,
    ]),
  ),
  ...underWay.map((id) => `A request of ${id} was sent before: it may still be posted, and its status says so.`),
];

/** Says what became of a copy, or what was so before where nothing has changed. A problem says why that is not all. */
const withdrawnLines = (copy: string, { deliveries, problems }: Answer<"withdraw">): readonly string[] => {
  const changed = deliveries.filter(({ already }) => !already);
  const last = deliveries.at(-1);
  if (changed.length > 0) {
    const urls = changed.flatMap(({ url }) => url ?? []);
    const what = `${copy} is ${problems.length === 0 ? "being deleted" : "withdrawn"}`;
    return [`${joined(": ", [what, urls.join(", ")])}.`];
  }
  if (problems.length > 0 || last === undefined) return [];
  if (last.state === "deleting") return [`${copy} is being deleted already.`];
  return [`${joined(": ", [`${copy} is deleted already`, last.reason])}.`];
};

export const withdrawVerb: Verb = {
  spec: "withdraw <post>",
  description: "take back the copy of a post on one account, and keep the post in the feeds and on the others",
  options: [new Option("--account <name>", "the account").makeOptionMandatory()],
  takesActor: true,
  example: "withdraw my-post --account mastodon",
  fails: "where there is no such post, or no copy that can be deleted",
  calls: ["withdraw"],
  run: async (client, post, { account = "" }) => {
    const answer = await client.request("withdraw", { query: { post, account } });
    const { deliveries, problems } = answer;
    const changed = deliveries.filter(({ already }) => !already);
    return {
      answer,
      lines: [
        ...withdrawnLines(`The copy of ${post} on ${account}`, answer),
        `see what became of it: ${client.command(`status ${post}`)}`,
      ],
      notes: problems,
      failed: changed.length === 0 && problems.length > 0,
    };
  },
};

/** Commands that stop and resume what is sent. */
export const sendingVerbs: readonly Verb[] = [
  {
    spec: "stop-sending [account]",
    description:
      "send nothing on an account, or on all, until resume-sending: no posts, edits or deletions; feeds go on",
    options: [
      new Option(
        "--why <text>",
        "the reason, which everybody reads who asks why nothing goes out",
      ).makeOptionMandatory(),
    ],
    takesActor: true,
    example: 'stop-sending mastodon --why "a wrong link"',
    fails: "where there is no such account",
    calls: ["stopSending"],
    run: async (client, account, { why = "" }) => {
      const answer = await client.request("stopSending", { query: { why, ...(account !== "" && { account }) } });
      const note = answer.already ? ["It was stopped before, with this reason."] : [];
      return { answer, lines: [...sendingLines(answer), ...note] };
    },
  },
  {
    spec: "resume-sending [account]",
    description:
      "end the stop of an account, or that of all accounts: what waited goes out; after a restore it lists that first",
    options: [new Option("--yes", "send what was listed after a restore")],
    takesActor: true,
    example: "resume-sending mastodon",
    fails:
      "where there is no such account, only all accounts together are stopped, or a stop after a restore needs --yes",
    calls: ["resumeSending"],
    run: async (client, account, { yes }) => {
      const query = { ...(account !== "" && { account }), ...(yes && { confirm: true }) };
      const answer = await client.request("resumeSending", { query });
      if (answer.wouldSend.length > 0) return { answer, lines: wouldSendLines(answer, account, client), failed: true };
      const isStopped = account !== "" && answer.stopped.some((stop) => stop.account === null);
      const note = `${account} goes on when the stop of all accounts ends: ${client.command("resume-sending")}`;
      // Nothing was changed where only all accounts together are stopped.
      return {
        answer,
        lines: [...sendingLines(answer), ...(isStopped ? [note] : [])],
        failed: isStopped && answer.already,
      };
    },
  },
];

/** The facts about a delivery that its state does not express. */
const deliveryDetails = (
  { state, url, stale, unfinished, reason, due, attempts, sandbox }: DeliveryJson,
  timeZone: string,
): string =>
  joined(", ", [
    url,
    joined(": ", [
      stale && !unfinished && "stale, not as the post is now",
      state === "unsettled" && url === null && "not known yet whether it was posted",
      reason,
    ]),
    // In the state `sending`, `due` is the moment at which the worker is considered to have stopped.
    state !== "sending" && due && !saysUntilWhen(reason ?? "") && `next attempt ${minuteAndZone(due, timeZone)}`,
    attempts > 1 && `${attempts} attempts`,
    sandbox && "sandbox",
  ]);

/** Returns the command as a person types it, with the site of the post. */
export type CommandFor = (words: string) => string;

export const commandForFirstSite: CommandFor = (words) => commandLine(words, undefined);

const stepLines = (steps: readonly NextStep[], command: CommandFor): readonly string[] =>
  columns(steps.map(({ purpose, words }) => [`${purpose}:`, command(words)]));

/** The text that a person approves, or has approved. */
const approvalLines = ({ hold, shown }: DeliveryJson): readonly string[] => {
  if (shown === null || (hold !== "approval" && !shown.approved)) return [];
  return [`${shown.approved ? "the approved text" : "the text"}:`, ...quoted(shown.text)];
};

/** The text that a person wrote for the account. */
const editedLines = ({ text }: DeliveryJson, timeZone: string): readonly string[] =>
  text === null ? [] : [`its text was ${editedBy(text, timeZone)}:`, ...quoted(text.value)];

/** A person corrects a copy that Crier cannot change at its address. */
const staleLines = ({ stale, unfinished, hold, url }: DeliveryJson): readonly string[] =>
  stale && !unfinished && hold === null
    ? [`to correct or delete it by hand:  ${url ?? "look for it on the network"}`]
    : [];

/** The held deliveries of one post if one command with the post's name applies to all of them, or else none. */
const heldTogether = (deliveries: readonly DeliveryJson[]): readonly DeliveryJson[] => {
  // Each edited text that its document overtook is decided about by itself.
  const held = deliveries.filter(({ state, hold }) => state === "held" && hold !== "text");
  const [first] = held;
  const isApproval = ({ hold }: DeliveryJson): boolean => hold === "approval";
  return first !== undefined && held.length > 1 && held.every((one) => isApproval(one) === isApproval(first))
    ? held
    : [];
};

const stepsFor = (delivery: DeliveryJson, all: readonly DeliveryJson[]): readonly NextStep[] =>
  nextSteps({ ...delivery, isSuperseded: all.some((one) => isLater(one, delivery)) }, delivery.id);

/** Lists the deliveries of one post, each with the commands that a person can run. */
export const deliveryLines = (
  deliveries: readonly DeliveryJson[],
  timeZone: string,
  command: CommandFor = commandForFirstSite,
): readonly string[] => {
  const together = heldTogether(deliveries);
  const [one] = together;
  const [heading = "", ...rows] = columns([
    ["ACCOUNT", "STATE", "DETAILS"],
    ...deliveries.map((delivery) => [delivery.account, delivery.state, deliveryDetails(delivery, timeZone)]),
  ]);
  const lines = deliveries.flatMap((delivery, index) => [
    `  ${rows[index] ?? ""}`,
    ...(together.includes(delivery) ? [] : stepLines(stepsFor(delivery, deliveries), command)).map(
      (line) => `    ${line}`,
    ),
    ...[...editedLines(delivery, timeZone), ...approvalLines(delivery)].map((line) => `    ${line}`),
    ...staleLines(delivery).map((line) => `    ${line}`),
  ]);
  const steps = one === undefined ? [] : nextSteps(one, one.slug);
  const all = steps.map((step) => ({ ...step, purpose: step.purpose.replace(" it", ` all ${together.length}`) }));
  return [`  ${heading}`, ...lines, ...stepLines(all, command).map((line) => `  ${line}`)];
};

export const changedDeliveryLines = (
  delivery: Answer<"retry">,
  command: CommandFor = commandForFirstSite,
): readonly string[] => deliveryLines([delivery], delivery.timeZone, command);

const nothingTo: Readonly<Record<DeliveryAction, string>> = {
  release: "No delivery is held.",
  hold: "No delivery is waiting. A scheduled post is held by its slug, and everything by stop-sending.",
  approve: "No delivery is waiting for an approval.",
  dismiss: "No delivery is held.",
};

/** Lists the deliveries that a person's decision changed, or what was so before where it changed none. */
const actLines = (act: DeliveryAction, deliveries: readonly ChangedJson[], timeZone: string): readonly string[] => {
  if (deliveries.length === 0) return [nothingTo[act]];
  const changed = deliveries.filter(({ already }) => !already);
  return columns([
    ["POST", "ACCOUNT", "STATE", "DETAILS"],
    ...(changed.length > 0 ? changed : deliveries).map((delivery) => [
      delivery.slug,
      delivery.account,
      delivery.state,
      joined("; ", [delivery.already && "it was so before", deliveryDetails(delivery, timeZone)]),
    ]),
  ]);
};

interface ConsoleAddress {
  readonly url: string;
  /** False for a deployment: its page asks for the token. */
  readonly signsIn: boolean;
}

/**
 * The address of the console, with a code that signs in once where the console takes codes. The code is made from the API's
 * token, and is never the token.
 */
const consoleAddress = async (client: Client): Promise<ConsoleAddress> => {
  const address = new URL("console/sign-in", await client.address());
  const { newCode } = await import("../console/session.ts");
  const { token, name } = await client.signIn();
  const withCode = new URL(address);
  withCode.searchParams.set("code", newCode(token, randomUUID(), Date.now()));
  if (name !== "") for (const one of [address, withCode]) one.searchParams.set("name", name);
  const { status, text } = await client.probe(withCode.href);
  if (status !== 200 || !text.includes("<h1>Sign in</h1>"))
    throw new CommandError(
      `there is no console at ${address.origin}: it answers on the machine where npm start runs, and at the host of a deployment`,
    );
  const signsIn = text.includes('name="code"');
  return { url: signsIn ? withCode.href : address.href, signsIn };
};

/** The decisions of the commands above, in a browser. */
export const openVerb: Verb = {
  spec: "open",
  description: "open the console in a browser: on one machine the address signs you in once, within a minute",
  takesActor: true,
  options: [new Option("--no-open", "print the address, and do not open a browser")],
  example: "open",
  fails: "where no console answers",
  run: async (client, _, { open = true }: Flags & { readonly open?: boolean }) => {
    const { url, signsIn } = await consoleAddress(client);
    if (open) openInBrowser(url);
    const first = open ? "The console opens in your browser. If it does not, use this address:" : "The console:";
    const next = signsIn
      ? "It signs you in once, within a minute."
      : "Sign in there with the API's token, which npx crier token prints, and your name.";
    return { answer: { url }, lines: [first, url, next] };
  },
};
