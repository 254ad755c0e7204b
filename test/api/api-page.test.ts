import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";
import { blocksOf, readFromRoot } from "../support/pages.ts";

/** The page is followed as a reader follows it: each curl of docs/api.md is sent, in order, to one Crier. */
let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => clear(machine));

const document = aDocument("My post");
const files: Readonly<Record<string, string>> = {
  "@my-post.md": document,
  "@my-post-2.md": document.replace("My post", "My better post"),
};

interface CurlCommand {
  readonly line: string;
  /** The status that the comment behind the command names. */
  readonly expected: number | undefined;
  readonly words: readonly string[];
}

const commandsOf = (page: string): readonly CurlCommand[] =>
  blocksOf(page, "sh")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line.startsWith("curl "))
    .map((line) => {
      const [command = "", comment = ""] = line.split(/ +# /);
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = ""]) => quoted ?? bare);
      return { line, expected: Number(/^\d{3}(?=:)/.exec(comment)?.[0] ?? Number.NaN), words };
    });

/** Reads the options of curl that the page uses, and no other. */
const requestOf = (words: readonly string[], variables: Readonly<Record<string, string>>) => {
  const filled = words.map((word) => word.replaceAll(/\$(\w+)/g, (_, name: string) => variables[name] ?? `$${name}`));
  const headers = new Headers();
  let [method, body, url]: [string | undefined, string | undefined, string | undefined] = [
    undefined,
    undefined,
    undefined,
  ];
  for (let at = 1; at < filled.length; at += 1) {
    const next = filled[at + 1] ?? "";
    if (filled[at] === "-H") headers.append(next.slice(0, next.indexOf(":")), next.slice(next.indexOf(":") + 1).trim());
    else if (filled[at] === "-X") method = next;
    else if (filled[at] === "--data-binary") body = files[next];
    else {
      expect(filled[at]).toMatch(/^http:/);
      url = filled[at];
      continue;
    }
    at += 1;
  }
  return { url: url ?? "", method: method ?? (body === undefined ? "GET" : "POST"), headers, body };
};

const withDeliveries = z.looseObject({ deliveries: z.array(z.looseObject({ id: z.string() })) });

test("every curl of docs/api.md is answered as the page says, in the order of the page", async () => {
  const commands = commandsOf(await readFromRoot("docs/api.md"));
  expect(commands.length).toBeGreaterThan(15);
  const variables: Record<string, string> = {
    URL: machine.url.replace(/\/$/, ""),
    AUTH: `Authorization: Bearer ${machine.token}`,
  };
  const wrong: string[] = [];
  for (const { line, expected, words } of commands) {
    const { url, method, headers, body } = requestOf(words, variables);
    expect(url, line).not.toContain("$");
    // A delivery waits, so that there is something to decide.
    if (method === "PUT" && !headers.has("If-Match")) await machine.fault("mastodon", "429");
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    if (expected === undefined || Number.isNaN(expected) ? !response.ok : response.status !== expected)
      wrong.push(`${line}\n${response.status} ${text}`);
    if (method === "PUT") await machine.idle();
    if (url.endsWith("state=pending")) variables.ID = withDeliveries.parse(JSON.parse(text)).deliveries[0]?.id ?? "";
    // The page reads it where it first needs it.
    if (!("ETAG" in variables) && url.includes("dismiss"))
      variables.ETAG = (await machine.api("GET", "api/posts/my-post")).headers.get("etag") ?? "";
  }
  expect(wrong).toEqual([]);
});
