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

describe("the emulators of the sandbox", () => {
  test("are one for each network, in the order of the networks", () => {
    expect(emulators.map(({ network }) => network)).toEqual(names);
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
   * bundles.
   */
  const exempt = /^src\/(?:networks|sandbox)\/index\.ts$|^src\/markdown\/|^infra\/bundling\.ts$/;

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
