import { Option } from "commander";
import { type Client, CommandError } from "../api/api-client.ts";
import type { Delivery } from "../api/contract.ts";
import type { Answer } from "../api/endpoints.ts";
import type { Act } from "../domain/delivery-commands.ts";
import { actedLines } from "./delivery-lines.ts";
import { hasStatus } from "./problem-status.ts";
import type { CommandResult } from "./subcommand.ts";
import type { Verb } from "./verb.ts";

const resultOf = (act: Act, deliveries: readonly Delivery[], timeZone: string): CommandResult => ({
  answer: { deliveries, timeZone },
  lines: actedLines(act, deliveries, timeZone),
});

const actOnAll = async (client: Client, act: Act): Promise<CommandResult> => {
  const changed: Delivery[] = [];
  let page: Answer<"releaseMany"> | undefined;
  do {
    page = await client.actOnMany(act, page?.next ? { all: "true", from: page.next } : { all: "true" });
    changed.push(...page.deliveries);
  } while (page.next !== null);
  return resultOf(act, changed, page.timeZone);
};

const actOnId = async (client: Client, act: Act, id: string): Promise<CommandResult> => {
  try {
    const { timeZone, ...delivery } = await client.act(act, id);
    return resultOf(act, [delivery], timeZone);
  } catch (error) {
    if (!hasStatus(error, [404])) throw error;
    const options = error.problem === undefined ? { cause: error } : { problem: error.problem, cause: error };
    throw new CommandError(`there is no post ${id}. ${error.message}`, options);
  }
};

/** A post by its name, or else a delivery by its id. */
const actOnNamed = async (client: Client, act: Act, name: string): Promise<CommandResult> => {
  try {
    const { deliveries, timeZone } = await client.actOnMany(act, { post: name });
    return resultOf(act, deliveries, timeZone);
  } catch (error) {
    if (!hasStatus(error, [404])) throw error;
    return actOnId(client, act, name);
  }
};

const run =
  (act: Act): Verb["run"] =>
  (client, name, { all }) => {
    if (all === true && name === "") return actOnAll(client, act);
    if (all === true || name === "")
      throw new CommandError(
        `${act} takes a post, a delivery, or --all: npx crier ${act} SLUG, npx crier ${act} ID, npx crier ${act} --all`,
        { exitCode: 2 },
      );
    return actOnNamed(client, act, name);
  };

const actVerb = (act: Act, description: string, all: string): Verb => ({
  spec: `${act} [name]`,
  description,
  options: [new Option("--all", all)],
  run: run(act),
});

/** Each takes the name of a post, or the id of a delivery. */
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
    "cancel what is held for good: the deliveries of a post, or one by its id",
    "everything that is held",
  ),
];
