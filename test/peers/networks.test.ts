import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { micropub } from "../../src/networks/micropub.ts";
import { nostr } from "../../src/networks/nostr.ts";
import { blueskyRecordContract } from "../contract/bluesky-records.ts";
import { networkContract } from "../contract/network.ts";
import { verdicts } from "../contract/rules.ts";
import { type Indiekit, indiekitServer, startIndiekit } from "./indiekit.ts";
import { entryRules } from "./indiekit-rules.ts";
import { relayServer } from "./nostr-relay.ts";
import { type Pds, pdsServer, startPds } from "./pds.ts";
import { installPrograms } from "./programs.ts";
import { sessionRules } from "./session-rules.ts";
import { type Snac, snacServer, startSnac } from "./snac.ts";
import { statusRules } from "./snac-rules.ts";
import { verdictTable } from "./verdict-table.ts";

const [open, close] = ["<!-- verdicts -->\n", "\n<!-- /verdicts -->"];

// Without apt-get, the reason is printed.
const hasSnac = installPrograms(["snac2"]);

/** This server takes longest to install, so the others are tested in the meantime. */
let starting: Promise<Pds>;
beforeAll(() => {
  starting = startPds();
  // A caller that awaits it sees why it failed.
  starting.catch(() => {});
});
afterAll(async () => {
  const pds = await starting.catch(() => undefined);
  await pds?.stop();
});

// It is a Debian package: see `hasSnac`.
describe.skipIf(!hasSnac)("snac2", () => {
  let snac: Snac;
  let other: Snac;
  beforeAll(async () => {
    snac = await startSnac();
    other = await startSnac();
  });
  afterAll(async () => {
    await snac?.stop();
    await other?.stop();
  });
  networkContract(mastodon, { server: snacServer(() => snac) });
  statusRules(
    "mastodon on snac2",
    () => snac,
    () => other,
  );
});

networkContract(nostr, { server: relayServer });
networkContract(nostr, { server: relayServer, settings: { format: "article" } });

networkContract(micropub, { server: indiekitServer });

describe("Indiekit's endpoint", () => {
  let indiekit: Indiekit;
  beforeAll(async () => {
    indiekit = await startIndiekit();
  }, 600_000);
  afterAll(() => indiekit?.close());
  entryRules("micropub on Indiekit's endpoint", () => indiekit);
});

describe("Bluesky's personal data server", () => {
  let pds: Pds;
  beforeAll(async () => {
    pds = await starting;
  }, 600_000);
  const server = pdsServer(() => pds);
  networkContract(bluesky, { server });
  blueskyRecordContract(server);
  sessionRules(`bluesky on ${server.name}`, () => pds);
});

describe("what real servers judged", () => {
  test("is in docs/peers.md", async () => {
    const { terminal, markdown } = verdictTable(verdicts);
    console.log(terminal);
    const file = join(import.meta.dirname, "../../docs/peers.md");
    const [before = "", rest = ""] = (await readFile(file, "utf8")).split(open);
    const [written, after = ""] = rest.split(close);
    if (process.env.RECORD !== undefined) await writeFile(file, before + open + markdown + close + after);
    else if (hasSnac) expect(written).toBe(markdown);
  });
});
