import { type Client, CommandError } from "../api/api-client.ts";
import { columns } from "./output.ts";
import type { CommandResult } from "./subcommand.ts";

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

type Check = (client: Client) => Promise<Omit<Finding, "check">>;

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

const answers: Check = async (client) => {
  const { status } = await client.probe("healthz");
  return { ok: status === 200, detail: `${client.url} answers ${status}` };
};

const feed =
  (file: string): Check =>
  async (client) => {
    const { status, contentType } = await client.probe(file);
    return {
      ok: status === 200,
      detail: status === 200 ? contentType : `answers ${status}: nothing has been rendered yet`,
    };
  };

const accounts: Check = async (client) => {
  const { accounts: all } = await client.accounts();
  const faults = all.flatMap(({ name, problem, paused }) => [
    ...(problem === null ? [] : [problem]),
    ...(paused === null ? [] : [`${name} is paused: ${paused.reason}`]),
  ]);
  const by = (reach: string) => all.filter((account) => account.reach === reach).length;
  return {
    ok: faults.length === 0,
    detail:
      faults.length === 0
        ? `${by("real")} for real, ${by("sandbox")} in the sandbox, ${by("none")} not connected`
        : faults.join("; "),
  };
};

const documents: Check = async (client) => {
  const { refused, waiting } = await client.refused();
  const found = [
    ...(refused.length === 0 ? [] : [`${count(refused.length, "document")} refused`]),
    ...(waiting.length === 0 ? [] : [`${count(waiting.length, "deletion")} to confirm`]),
  ];
  return {
    ok: found.length === 0,
    detail: found.length === 0 ? "none refused" : `${found.join(", ")}: see ${client.command("list --refused")}`,
  };
};

const gate: Check = async (client) => {
  const { feeds } = await client.feeds();
  const wrong = feeds.filter(({ faults, hubs }) => faults.length > 0 || hubs.some(({ reason }) => reason !== null));
  return {
    ok: wrong.length === 0,
    detail:
      wrong.length === 0
        ? `${count(feeds.length, "feed")} without faults`
        : `${count(wrong.length, "feed")} with faults: see ${client.command("feeds")}`,
  };
};

const deliveries =
  (state: "failed" | "unknown" | "held"): Check =>
  async (client) => {
    const { deliveries: rows, next } = await client.deliveries(state);
    const detail =
      rows.length === 0
        ? "none"
        : `${rows.length}${next === null ? "" : " or more"}: ${[...new Set(rows.map(({ slug }) => slug))].slice(0, 5).join(", ")}`;
    return { ok: rows.length === 0, detail };
  };

const checks: readonly (readonly [string, Check])[] = [
  ["answers", answers],
  ["token and accounts", accounts],
  ["feed.xml", feed("feed.xml")],
  ["atom.xml", feed("atom.xml")],
  ["feed.json", feed("feed.json")],
  ["feeds", gate],
  ["documents", documents],
  ["failed deliveries", deliveries("failed")],
  ["unknown deliveries", deliveries("unknown")],
  ["held deliveries", deliveries("held")],
];

const run = async (client: Client, check: string, act: Check): Promise<Finding> => {
  try {
    return { check, ...(await act(client)) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { check, ok: false, detail: error.message };
  }
};

/** Checks for common problems, and goes on after each that it finds. */
export const doctor = async (client: Client): Promise<CommandResult> => {
  const findings: Finding[] = [];
  for (const [check, act] of checks) {
    findings.push(await run(client, check, act));
    if (check === "answers" && findings.at(-1)?.ok === false) break;
  }
  return {
    answer: { ok: findings.every(({ ok }) => ok), findings },
    lines: columns(findings.map(({ check, ok, detail }) => [ok ? "ok" : "!!", check, detail])),
    failed: findings.some(({ ok }) => !ok),
  };
};
