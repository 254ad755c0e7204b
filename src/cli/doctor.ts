import { Option } from "commander";
import * as z from "zod";
import { type Client, CommandError, connect } from "../api/api-client.ts";
import { actForHeld } from "../domain/delivery-commands.ts";
import { isExampleAddress } from "../domain/page-check.ts";
import { saysDamaged } from "../domain/post.ts";
import { day } from "../domain/time.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { type CommandCall, type CommandResult, columns, command, minuteAndZone } from "./command.ts";
import { postName } from "./output.ts";

interface DoctorFlags {
  readonly site?: string;
  readonly config?: string;
}

/** True for a URL or the path of a file, false for the id of a site. */
const isPlace = (text: string): boolean => /[./\\:]/.test(text);

const runDoctor = async ({ args: [dir], flags, terminal: { env, folder } }: CommandCall<DoctorFlags>) => {
  const { site, config } = flags;
  if (site !== undefined && isPlace(site)) {
    // Loaded on demand, so that no other command waits for the readers of documents and feeds.
    const { compareSite } = await import("./compare-site.ts");
    return compareSite({ place: site, dir, config, folder, clientFor: (id) => connect(env, folder, { site: id }) });
  }
  if (dir !== undefined) {
    const { examinePlace } = await import("./examine-place.ts");
    return examinePlace({ place: dir, site, config, folder });
  }
  if (config !== undefined)
    throw new CommandError("--config needs a folder or a feed: npx crier doctor DIR|URL", { exitCode: 2 });
  return doctor(connect(env, folder, { site }));
};

export const doctorCommand = command<DoctorFlags>({
  spec: "doctor [place]",
  description:
    "check for common problems, or say what would become of the documents of a folder or the entries of a feed",
  options: [
    new Option(
      "--site <place>",
      "the URL or the file of the site's own feed or sitemap, or the folder of the built site (./_site), to compare with: the documents of PLACE, or the posts of Crier; or the id of a site, if it is not the first one",
    ),
    new Option("--config <file>", "the configuration of the site, if it is not crier.config.ts"),
  ],
  example: "doctor",
  fails: "where something is wrong",
  calls: ["checkAccounts", "refused", "feeds", "sources", "deliveries", "list", "health"],
  run: runDoctor,
});

interface Verdict {
  readonly ok: boolean;
  readonly detail: string;
}

type Check = (client: Client) => Promise<Verdict>;

/** `hint`: a command that shows more about the faults. */
const judge = (faults: readonly string[], good: string, hint?: string): Verdict => {
  if (faults.length === 0) return { ok: true, detail: good };
  return { ok: false, detail: `${faults.join("; ")}${hint === undefined ? "" : `: see ${hint}`}` };
};

/** Returns the count with its noun, or nothing for 0. */
const countFaults = (count: number, noun: string, what: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${noun}${count === 1 ? "" : "s"} ${what}`];

const Health = z.object({ lastSweep: z.string().nullable(), overdue: z.string().nullable() });

/** Another server than Crier may answer, and a deployment says nothing of its work. */
const healthIn = (text: string): z.output<typeof Health> | undefined => {
  try {
    return Health.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const checkHealth: Check = async (client) => {
  const { status, text } = await client.probe("healthz");
  const isThere = status === 200 || healthIn(text) !== undefined;
  return { ok: isThere, detail: `${await client.address()} answers ${status}` };
};

const checkWork: Check = async (client) => {
  const { status, text } = await client.probe("healthz");
  const { lastSweep, overdue } = healthIn(text) ?? { lastSweep: null, overdue: null };
  const last = lastSweep === null ? undefined : `what is due was last looked for at ${lastSweep}`;
  if (status === 200) return { ok: true, detail: last ?? "is being done" };
  const late = overdue === null ? (last ?? "nothing was looked for yet") : `a ${overdue} is overdue by half an hour`;
  return { ok: false, detail: `${late}: the log of Crier says why; start it again` };
};

const cutOff = "it is cut off: start Crier again, or deploy again, and it is written anew";

/** `end`: how a whole file ends. */
const checkFile =
  (file: string, end: string): Check =>
  async (client) => {
    const { status, contentType, text } = await client.probe(file);
    if (status !== 200) return judge([`answers ${status}: nothing has been rendered yet`], contentType);
    return judge(text.trimEnd().endsWith(end) ? [] : [cutOff], contentType);
  };

const checkAccounts: Check = async (client) => {
  const { accounts, timeZone } = await client.request("checkAccounts");
  const week = systemRuntime.clock() + 7 * day;
  const faults = accounts.flatMap(({ name, problem, stopped, paused, loginEndsAt, loginProblem }) => [
    ...(stopped === null ? [] : [`${name} is stopped since ${minuteAndZone(stopped.since, timeZone)}: ${stopped.why}`]),
    ...(problem === null ? [] : [problem]),
    ...(loginEndsAt !== null && Date.parse(loginEndsAt) < week ? [`${name}: ${loginProblem}`] : []),
    // Its problem says why, and what to do.
    ...(paused === null || problem !== null ? [] : [`${name} is paused: ${paused.reason}`]),
  ]);
  const real = accounts.filter(({ reach }) => reach === "real");
  const count = (reach: string) => accounts.filter((account) => account.reach === reach).length;
  const logins = real.map(({ name, identity }) => (identity === null ? name : `${name} as ${identity}`)).join(", ");
  const forReal = `${real.length} for real${logins === "" ? "" : ` (${logins})`}`;
  return judge(faults, `${forReal}, ${count("sandbox")} in the sandbox, ${count("none")} not connected`);
};

const checkDocuments: Check = async (client) => {
  const { refused, waiting } = await client.request("refused", { query: { refused: true } });
  const faults = [
    ...countFaults(refused.length, "document", "refused"),
    ...countFaults(waiting.length, "deletion", "to confirm"),
  ];
  return judge(faults, "none refused", client.command("list --refused"));
};

/** A request for each fifty posts: a blog of 100,000 posts would need too many. */
const maxPages = 100;

const namesShown = 5;

const checkPosts: Check = async (client) => {
  const damaged: string[] = [];
  let from: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const { posts, next } = await client.request("list", from === undefined ? {} : { query: { from } });
    const found = posts.filter(({ reason, status }) => status !== "deleted" && saysDamaged(reason));
    damaged.push(...found.map(postName));
    if (next === null) break;
    from = next;
  }
  const names = damaged.slice(0, namesShown).join(", ");
  const faults = countFaults(damaged.length, "post", `cannot be read from the data (${names})`);
  const heal = `save ${damaged.length === 1 ? "its document" : "their documents"} again, or run ${client.command("remove SLUG")}`;
  return { ok: faults.length === 0, detail: faults.length === 0 ? "can be read" : `${faults.join("")}: ${heal}` };
};

/** Posts that were there before Crier have no check of their page: a wrong permalink shows in the newest ones. */
const pagesAsked = 5;

const checkPages: Check = async (client) => {
  // Loaded on demand, as the others are.
  const { connectOutside } = await import("../outside/connect-outside.ts");
  const { posts } = await client.request("list");
  const asked = posts.filter(({ status, url }) => status === "live" && !isExampleAddress(url)).slice(0, pagesAsked);
  const faults = await Promise.all(
    asked.map(async ({ url }) => {
      // The addresses are those of the owner's own site.
      const { readPage } = connectOutside({ about: url, own: { sites: [url] }, deadline: systemRuntime.deadline });
      const reply = await readPage(url, { title: undefined, image: undefined });
      if (reply.kind === "failed") return `${url} cannot be read (${reply.reason})`;
      return reply.status < 400 ? undefined : `${url} answers ${reply.status}`;
    }),
  );
  const found = faults.filter((fault) => fault !== undefined);
  const good = asked.length === 0 ? "none to ask for" : `the newest ${asked.length} are there`;
  return judge(found, good, `${client.command("doctor FOLDER --site URL")}, if the permalink is wrong`);
};

const checkFeeds: Check = async (client) => {
  const { feeds } = await client.request("feeds");
  const faulty = feeds.filter(({ faults, hubs }) => faults.length > 0 || hubs.some(({ reason }) => reason !== null));
  return judge(
    countFaults(faulty.length, "feed", "with faults"),
    `${feeds.length} without faults`,
    client.command("feeds"),
  );
};

const checkSources: Check = async (client) => {
  const { sources } = await client.request("sources");
  const faults = sources.flatMap(({ name, poll }) =>
    poll === null || poll.problem === null ? [] : [`${name}: ${poll.problem}`],
  );
  return judge(faults, `${sources.length} without faults`, client.command("sources"));
};

const checkDeliveries =
  (state: "failed" | "unknown" | "held"): Check =>
  async (client) => {
    const { deliveries, next } = await client.request("deliveries", { query: { state } });
    const names = [...new Set(deliveries.map(({ slug }) => slug))].slice(0, 5).join(", ");
    const count = `${deliveries.length}${next === null ? "" : " or more"}`;
    const acts = state === "held" ? [...new Set(deliveries.map(actForHeld))] : [];
    const hints = ["status", ...acts].map((name) => client.command(`${name} SLUG`));
    return judge(deliveries.length === 0 ? [] : [`${count} (${names})`], "none", hints.join(" or "));
  };

const checks: readonly (readonly [name: string, check: Check])[] = [
  ["answers", checkHealth],
  ["work", checkWork],
  ["token and accounts", checkAccounts],
  ["feed.xml", checkFile("feed.xml", "</rss>")],
  ["atom.xml", checkFile("atom.xml", "</feed>")],
  ["feed.json", checkFile("feed.json", "}")],
  ["feeds", checkFeeds],
  ["sources", checkSources],
  ["documents", checkDocuments],
  ["stored posts", checkPosts],
  ["pages", checkPages],
  ["failed deliveries", checkDeliveries("failed")],
  ["unknown deliveries", checkDeliveries("unknown")],
  ["held deliveries", checkDeliveries("held")],
];

const runCheck = async (check: Check, client: Client): Promise<Verdict> => {
  try {
    return await check(client);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { ok: false, detail: error.message };
  }
};

/** Runs all checks, also after one that finds a problem. Without an answer from Crier the others would all fail. */
const doctor = async (client: Client): Promise<CommandResult> => {
  const findings: (Verdict & { readonly check: string })[] = [];
  for (const [name, check] of checks) {
    findings.push({ check: name, ...(await runCheck(check, client)) });
    if (check === checkHealth && findings.at(-1)?.ok === false) break;
  }
  const ok = findings.every((finding) => finding.ok);
  return {
    answer: { ok, findings },
    lines: columns(findings.map((finding) => [finding.ok ? "ok" : "!!", finding.check, finding.detail])),
    failed: !ok,
  };
};
