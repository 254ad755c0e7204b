import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { anAccount, start } from "../support/builders.ts";

const root = join(import.meta.dirname, "../..");
const names = networks.map(({ name }) => name);
const filesOf = (pattern: string) => Array.fromAsync(glob(pattern, { cwd: root }));

const registry = "src/sandbox/index.ts";

/** Says which line of the registry to change so that it has the given names in their order. Undefined if it has. */
const lineToChange = (registered: readonly string[], expected: readonly string[]): string | undefined => {
  const missing = expected.find((name) => !registered.includes(name));
  if (missing !== undefined) return `add ${missing} to ${registry}`;
  const other = registered.find((name) => !expected.includes(name));
  if (other !== undefined) return `remove ${other} from ${registry}, or add it to src/networks/index.ts`;
  const wrong = registered.findIndex((name, index) => name !== expected[index]);
  if (wrong === -1) return undefined;
  const isOnlyOne = (name: string) => {
    const without = (names: readonly string[]) => names.filter((one) => one !== name).join();
    return without(registered) === without(expected);
  };
  const moved = registered.find(isOnlyOne) ?? expected[wrong] ?? "";
  const before = expected[expected.indexOf(moved) - 1];
  return `move ${moved} in ${registry}: ${before === undefined ? "it is the first" : `it follows ${before}`}`;
};

describe("the emulators of the sandbox", () => {
  test("are one for each network, in the order of the networks", () => {
    const registered = emulators.map(({ network }) => network);
    expect(lineToChange(registered, names)).toBeUndefined();
  });

  test.each([
    ["a,b,c", "a,b", "add c to src/sandbox/index.ts"],
    ["a,b", "a,b,c", "remove c from src/sandbox/index.ts, or add it to src/networks/index.ts"],
    ["a,b,c,d", "b,c,d,a", "move a in src/sandbox/index.ts: it is the first"],
    ["a,b,c,d", "d,a,b,c", "move d in src/sandbox/index.ts: it follows c"],
    ["a,b,c,d", "b,a,d,c", "move a in src/sandbox/index.ts: it is the first"],
  ])("say which line is wrong: the networks %s, and their emulators %s", (expected, registered, line) => {
    expect(lineToChange(registered.split(","), expected.split(","))).toBe(line);
  });

  test("are one for each file", async () => {
    const files = await filesOf("src/sandbox/*-emulator.ts");
    expect(files.toSorted()).toEqual(names.map((name) => `src/sandbox/${name}-emulator.ts`).toSorted());
  });

  test.each(names)("serve the accounts of %s under its own name alone", async (name) => {
    const accounts = [anAccount({ name: "me", network: name })];
    const app = sandboxApp({ timeline: timelineInMemory(), accounts, clock: () => start });
    const reached = await Promise.all(
      names.map(async (network) => {
        const response = await app.request(`/sandbox/api/${network}/me/`);
        return (await response.text()).includes("there is no account") ? [] : [network];
      }),
    );
    expect(reached.flat()).toEqual([name]);
  });
});

describe("a network is named", () => {
  /**
   * The registries, and files that are not about networks: the shortcodes that authors write, X's client in the
   * bundles, and the examples in the description of the API.
   */
  const exempt =
    /^src\/(?:networks|sandbox)\/index\.ts$|^src\/markdown\/|^infra\/bundling\.ts$|^src\/api\/operation-examples\.ts$/;

  /** The webhook that a site tells where its posts went is not an account. */
  const ofSite =
    /^src\/(?:app\/notify\/|domain\/notice|store\/(?:keys|notice-rows)|outside\/call-webhook|runtimes\/lambda\/queued-refs)/;
  const isOther = (name: string, file: string) => exempt.test(file) || (name === "webhook" && ofSite.test(file));

  test.each(names)("in its own files and in the two registries: %s", async (name) => {
    const own = new RegExp(`^src/(?:networks|sandbox)/${name}[./-]`);
    const file = `(?:${name}/)?${name}(?:-[a-z-]+)?\\.ts`;
    const naming = new RegExp(`"${name}"|/(?:networks|sandbox)/${file}`);
    const namingNeighbour = new RegExp(`"\\./${file}`);
    const isNamed = (path: string, code: string) =>
      naming.test(code) || (/^src\/(?:networks|sandbox)\//.test(path) && namingNeighbour.test(code));
    const files = (await filesOf("{src,infra,functions}/**/*.ts")).filter(
      (file) => !own.test(file) && !isOther(name, file),
    );
    const found = await Promise.all(
      files.map(async (file) => (isNamed(file, await readFile(join(root, file), "utf8")) ? [file] : [])),
    );
    expect(found.flat()).toEqual([]);
  });
});
